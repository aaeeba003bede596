package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
)

// command is one line on stdin.
type command struct {
	Cmd        string `json:"cmd"`
	Addr       string `json:"addr"`        // connect
	Topic      string `json:"topic"`       // publish; default: the first of --gossip
	Count      int    `json:"count"`       // publish
	Size       int    `json:"size"`        // publish: bytes of each message
	IntervalMs int    `json:"interval_ms"` // publish: pause between two messages
	Collect    bool   `json:"collect"`     // stats: collect garbage and give memory back first
}

func runListen(args []string) error {
	var options hostOptions
	var gossip gossipOptions
	flags := flag.NewFlagSet("gopeer listen", flag.ContinueOnError)
	options.register(flags)
	gossip.register(flags)
	address := flags.String("listen", "/ip4/127.0.0.1/tcp/0", "address to listen on")
	connect := flags.String("connect", "", "addresses to connect to when ready, separated by commas")
	positional, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	if len(positional) > 0 {
		return fmt.Errorf("%w: listen takes no arguments", errUsage)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	h, err := makeHost(options, *address)
	if err != nil {
		return err
	}
	defer h.Close()
	serveProtocols(h)
	var node *gossipNode
	if gossip.enabled() {
		if node, err = startGossip(ctx, h, gossip); err != nil {
			return err
		}
	}
	addrs, err := peer.AddrInfoToP2pAddrs(&peer.AddrInfo{ID: h.ID(), Addrs: h.Network().ListenAddresses()})
	if err != nil {
		return err
	}
	emit("ready", fields{"id": h.ID().String(), "addrs": addrs})
	for _, other := range strings.FieldsFunc(*connect, func(r rune) bool { return r == ',' }) {
		if err := connectTo(ctx, h, other); err != nil {
			return err
		}
	}
	followCommands(ctx, h, node)
	return nil
}

// followCommands obeys stdin until it ends or says quit. A command that fails is answered with an error event.
func followCommands(ctx context.Context, h host.Host, node *gossipNode) {
	input := bufio.NewScanner(os.Stdin)
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
			err = obey(ctx, h, node, c)
		}
		if err != nil {
			emit("error", fields{"cmd": c.Cmd, "error": err.Error()})
		}
	}
	if err := input.Err(); err != nil {
		log.Printf("stdin: %v", err)
	}
}

func obey(ctx context.Context, h host.Host, node *gossipNode, c command) error {
	switch c.Cmd {
	case "stats":
		emitStats(h, c.Collect)
		return nil
	case "connections":
		emitConnections(h)
		return nil
	case "connect":
		return connectTo(ctx, h, c.Addr)
	case "publish":
		if node == nil {
			return fmt.Errorf("publish needs --gossip")
		}
		return node.publish(ctx, c)
	case "scores":
		if node == nil {
			return fmt.Errorf("scores needs --gossip")
		}
		return node.scoring.emit()
	}
	return fmt.Errorf("unknown command %q", c.Cmd)
}

func emitStats(h host.Host, collect bool) {
	if collect {
		debug.FreeOSMemory()
	}
	streams := 0
	for _, conn := range h.Network().Conns() {
		streams += len(conn.GetStreams())
	}
	emit("stats", fields{
		"cpu_seconds": cpuTime().Seconds(), "rss_bytes": residentBytes(),
		"connections": len(h.Network().Conns()), "streams": streams,
	})
}

func emitConnections(h host.Host) {
	all := []fields{}
	for _, conn := range h.Network().Conns() {
		state := conn.ConnState()
		all = append(all, fields{
			"peer": conn.RemotePeer().String(), "direction": strings.ToLower(conn.Stat().Direction.String()),
			"security": string(state.Security), "muxer": string(state.StreamMultiplexer),
			"early_muxer": state.UsedEarlyMuxerNegotiation, "key_type": conn.RemotePublicKey().Type().String(),
		})
	}
	emit("connections", fields{"connections": all})
}

func connectTo(ctx context.Context, h host.Host, address string) error {
	info, err := peer.AddrInfoFromString(address)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := h.Connect(ctx, *info); err != nil {
		return err
	}
	emit("connected", fields{"peer": info.ID.String()})
	return nil
}
