package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/golang/snappy"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/ethereum-optimism/optimism/op-service/eth"
)

const longestCommand = 64 << 20 // a message of 10 MiB in hex, and room

// command is one line on stdin.
type command struct {
	Cmd          string          `json:"cmd"`
	Version      int             `json:"version"`       // publish, build
	Count        int             `json:"count"`         // publish
	IntervalMs   int             `json:"interval_ms"`   // publish: pause between two blocks
	Txs          int             `json:"txs"`           // publish, build
	TxSize       int             `json:"tx_size"`       // publish, build
	TopicVersion int             `json:"topic_version"` // publish_raw, validate
	Hex          string          `json:"hex"`           // publish_raw, validate: the message as gossip carries it, or
	Plain        string          `json:"plain"`         // publish_raw, validate: what its snappy block holds; sign: SSZ
	To           []string        `json:"to"`            // publish_raw, lie: addresses; publish_raw by default: all connected peers
	Number       uint64          `json:"number"`        // build: at this height, aside from the chain
	Timestamp    uint64          `json:"timestamp"`     // build, with number: the block's
	BlobGasUsed  uint64          `json:"blob_gas_used"` // build, with number
	ExcessBlob   uint64          `json:"excess_blob"`   // build, with number
	At           int64           `json:"at"`            // validate: Unix time for the clock
	Fresh        bool            `json:"fresh"`         // validate: forget all blocks seen before
	Addr         string          `json:"addr"`          // connect
	First        uint64          `json:"first"`         // store
	Seed         byte            `json:"seed"`          // store
	After        uint64          `json:"after"`         // request_range
	Before       uint64          `json:"before"`        // request_range
	Hash         string          `json:"hash"`          // request_range: of the block at before
	Top          string          `json:"top"`           // request_range: of the block below it
	Form         string          `json:"form"`          // lie: what is wrong with the answers
	DelayMs      int             `json:"delay_ms"`      // lie: before each answer
	Status       json.RawMessage `json:"status"`        // sync_status
	Collect      bool            `json:"collect"`       // stats: collect garbage and give memory back first
}

func run(args []string) error {
	var options nodeOptions
	flags := flag.NewFlagSet("opnodepeer run", flag.ContinueOnError)
	options.register(flags)
	if split := slices.Index(args, "--"); split >= 0 {
		args, options.opNodeFlags = args[:split], args[split+1:]
	}
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	node, err := startNode(ctx, options)
	if err != nil {
		return err
	}
	host := node.Host()
	addrs, err := peer.AddrInfoToP2pAddrs(&peer.AddrInfo{ID: host.ID(), Addrs: host.Network().ListenAddresses()})
	if err != nil {
		return err
	}
	emit("ready", fields{
		"id": host.ID().String(), "addrs": addrs, "chain_id": node.cfg.L2ChainID, "enr": node.record(),
		"rpc": node.rpcURL,
	})
	node.followCommands(ctx)
	return node.close()
}

// followCommands obeys stdin until it ends or says quit. A command that fails is answered with an error event.
func (n *opNode) followCommands(ctx context.Context) {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, longestCommand)
	for input.Scan() {
		if len(input.Bytes()) == 0 {
			continue
		}
		var c command
		err := json.Unmarshal(input.Bytes(), &c)
		if err == nil && c.Cmd == "quit" {
			return
		}
		if err == nil {
			err = n.obey(ctx, c)
		}
		if err != nil {
			emit("error", fields{"cmd": c.Cmd, "error": err.Error()})
		}
	}
	if err := input.Err(); err != nil {
		fmt.Fprintf(os.Stderr, "stdin: %v\n", err)
	}
}

func (n *opNode) obey(ctx context.Context, c command) error {
	switch c.Cmd {
	case "publish":
		return n.publish(ctx, c)
	case "build":
		return n.build(c)
	case "sign":
		return n.sign(ctx, c)
	case "publish_raw":
		return n.publishRaw(ctx, c)
	case "validate":
		return n.validate(c)
	case "mesh":
		return n.mesh(ctx)
	case "store":
		return n.store(c)
	case "request_range":
		return n.requestRange(ctx, c)
	case "lie":
		return n.lie(ctx, c)
	case "sync_status":
		return n.tellStatus(c)
	case "stats":
		if c.Collect {
			debug.FreeOSMemory()
		}
		emit("stats", fields{"cpu_seconds": cpuTime().Seconds(), "rss_bytes": residentBytes()})
		return nil
	case "connect":
		if err := n.api.ConnectPeer(ctx, c.Addr); err != nil {
			return err
		}
		emit("connected", fields{"addr": c.Addr})
		return nil
	}
	return fmt.Errorf("unknown command %q", c.Cmd)
}

// nextBlock builds the block a command asks for, at a time that fits its version.
func (n *opNode) nextBlock(c command) (*eth.ExecutionPayloadEnvelope, error) {
	if n.signer == nil {
		return nil, fmt.Errorf("%s needs --sequencer-key", c.Cmd)
	}
	if c.Txs < 0 || c.TxSize < 0 {
		return nil, errors.New("txs and tx_size cannot be negative")
	}
	version, err := versionFromNumber(c.Version)
	if err != nil {
		return nil, err
	}
	timestamp, err := timestampFor(n.cfg, version, time.Now(), n.threshold)
	if err != nil {
		return nil, err
	}
	if c.Number == 0 {
		return n.chain.next(version, timestamp, c.Txs, c.TxSize), nil
	}
	return n.blockAside(c, version, timestamp), nil
}

// blockAside is one of its own, right in itself but for what the command asks for.
func (n *opNode) blockAside(c command, version eth.BlockVersion, timestamp uint64) *eth.ExecutionPayloadEnvelope {
	aside := newBlockChain(n.cfg)
	aside.number = c.Number - 1
	if c.Timestamp != 0 {
		timestamp = c.Timestamp
	}
	envelope := aside.next(version, timestamp, c.Txs, c.TxSize)
	payload := envelope.ExecutionPayload
	if payload.BlobGasUsed != nil {
		*payload.BlobGasUsed, *payload.ExcessBlobGas = eth.Uint64Quantity(c.BlobGasUsed), eth.Uint64Quantity(c.ExcessBlob)
		payload.BlockHash, _ = envelope.CheckBlockHash()
	}
	return envelope
}

// publish sends new blocks through op-node's own publisher, which signs them and picks the topic by timestamp.
func (n *opNode) publish(ctx context.Context, c command) error {
	for i := range c.Count {
		if i > 0 {
			time.Sleep(time.Duration(c.IntervalMs) * time.Millisecond)
		}
		envelope, err := n.nextBlock(c)
		if err != nil {
			return err
		}
		line := describeBlock(n.cfg, envelope)
		if err := n.GossipOut().SignAndPublishL2Payload(ctx, envelope, n.signer); err != nil {
			return fmt.Errorf("block %d: %w", envelope.ExecutionPayload.BlockNumber, err)
		}
		emit("published", line)
	}
	emit("publish_done", fields{"version": c.Version, "count": c.Count})
	return nil
}

// build prints the bytes of the next block, signed, instead of publishing it.
func (n *opNode) build(c command) error {
	envelope, err := n.nextBlock(c)
	if err != nil {
		return err
	}
	wire, plain, err := gossipWire(n.cfg, n.signer, envelope)
	if err != nil {
		return err
	}
	line := describeBlock(n.cfg, envelope)
	line["hex"], line["plain"] = hex.EncodeToString(wire), hex.EncodeToString(plain)
	emit("built", line)
	return nil
}

// sign prints the message of any bytes as SSZ, with the signature that they need.
func (n *opNode) sign(ctx context.Context, c command) error {
	ssz, err := hex.DecodeString(strings.TrimPrefix(c.Plain, "0x"))
	if err != nil {
		return err
	}
	if n.signer == nil {
		return errors.New("sign needs --sequencer-key")
	}
	wire, plain, err := signedWire(ctx, n.cfg, n.signer, ssz)
	if err != nil {
		return err
	}
	emit("signed", fields{"hex": hex.EncodeToString(wire), "plain": hex.EncodeToString(plain)})
	return nil
}

func (c command) message() (version eth.BlockVersion, wire []byte, err error) {
	if version, err = versionFromNumber(c.TopicVersion); err != nil {
		return 0, nil, err
	}
	if c.Plain != "" {
		plain, err := hex.DecodeString(strings.TrimPrefix(c.Plain, "0x"))
		return version, snappy.Encode(nil, plain), err
	}
	wire, err = hex.DecodeString(strings.TrimPrefix(c.Hex, "0x"))
	return version, wire, err
}

func (n *opNode) publishRaw(ctx context.Context, c command) error {
	version, wire, err := c.message()
	if err != nil {
		return err
	}
	peers, err := n.raw.publish(ctx, version, wire, c.To)
	if err != nil {
		return err
	}
	emit("published_raw", fields{"topic_version": c.TopicVersion, "bytes": len(wire), "from": n.raw.host.ID().String(), "peers": peers})
	return nil
}

func (n *opNode) validate(c command) error {
	version, wire, err := c.message()
	if err != nil {
		return err
	}
	if c.Fresh {
		n.validators.forget()
	}
	emit("validated", n.validators.run(version, wire, c.At))
	return nil
}

// mesh prints what op-node's RPC would tell of its peers, and for each topic who subscribes to it and who is in its
// mesh. pubsub does not show its mesh, but it protects the peers in it from the connection manager by topic.
func (n *opNode) mesh(ctx context.Context) error {
	self, err := n.api.Self(ctx)
	if err != nil {
		return err
	}
	dump, err := n.api.Peers(ctx, true)
	if err != nil {
		return err
	}
	stats, err := n.api.PeerStats(ctx)
	if err != nil {
		return err
	}
	topics := map[string]fields{}
	for version := eth.BlockV1; version <= eth.BlockV4; version++ {
		name := blocksTopic(n.cfg, version)
		subscribed, mesh := []string{}, []string{}
		for _, id := range n.GossipSub().ListPeers(name) {
			subscribed = append(subscribed, id.String())
			if n.ConnectionManager().IsProtected(id, "pubsub:"+name) {
				mesh = append(mesh, id.String())
			}
		}
		topics[fmt.Sprint(versionNumber(version))] = fields{"topic": name, "subscribed": subscribed, "mesh": mesh}
	}
	emit("mesh", fields{"self": self, "peers": dump, "stats": stats, "topics": topics})
	return nil
}
