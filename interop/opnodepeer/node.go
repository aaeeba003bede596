package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	ds "github.com/ipfs/go-datastore"
	dssync "github.com/ipfs/go-datastore/sync"
	libp2p "github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	"github.com/multiformats/go-multiaddr"

	"github.com/ethereum/go-ethereum/common"
	gethcrypto "github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/log"

	"github.com/ethereum-optimism/optimism/op-core/forks"
	"github.com/ethereum-optimism/optimism/op-node/metrics"
	"github.com/ethereum-optimism/optimism/op-node/p2p"
	"github.com/ethereum-optimism/optimism/op-node/rollup"
	"github.com/ethereum-optimism/optimism/op-service/clock"
	"github.com/ethereum-optimism/optimism/op-service/eth"
	oprpc "github.com/ethereum-optimism/optimism/op-service/rpc"
	opsigner "github.com/ethereum-optimism/optimism/op-service/signer"
)

const defaultPeersHi = 30

type nodeOptions struct {
	rollupConfig string
	chainID      uint64
	signer       string
	sequencerKey string
	static       string
	listenPort   uint
	threshold    time.Duration
	logLevel     string
	peersLo      uint
	peersHi      uint
	meshHi       int
	discovery    discoveryOptions
	rpc          bool
	opNodeFlags  []string // where there are any, they alone say how the P2P node is set up
}

func (o *nodeOptions) register(flags *flag.FlagSet) {
	flags.StringVar(&o.rollupConfig, "rollup-config", "", "op-node's rollup.json")
	flags.Uint64Var(&o.chainID, "chain-id", 901, "without --rollup-config: chain id of a config with Isthmus from genesis")
	flags.StringVar(&o.signer, "signer", "", "address that signs blocks (default: that of --sequencer-key)")
	flags.StringVar(&o.sequencerKey, "sequencer-key", "", "hex key that signs what is published")
	flags.StringVar(&o.static, "static", "", "multiaddrs of static peers, separated by commas")
	flags.UintVar(&o.listenPort, "listen-port", 0, "TCP port on 127.0.0.1, 0 for any")
	flags.DurationVar(&o.threshold, "timestamp-threshold", 60*time.Second, "oldest block that gossip accepts")
	flags.StringVar(&o.logLevel, "log-level", "warn", "debug, info, warn or error, on stderr")
	flags.UintVar(&o.peersLo, "peers-lo", 20, "peers that are kept when there are too many")
	flags.UintVar(&o.peersHi, "peers-hi", defaultPeersHi, "peers from which on there are too many")
	flags.IntVar(&o.meshHi, "mesh-hi", p2p.DefaultMeshDhi, "most peers in the mesh of a topic")
	flags.BoolVar(&o.rpc, "rpc", false, "serve op-node's own RPC on 127.0.0.1, with its admin methods")
	o.discovery.register(flags)
}

// opNode is a running op-node P2P node and what the commands need beside it.
type opNode struct {
	*p2p.NodeP2P
	cfg        *rollup.Config
	threshold  time.Duration
	signer     p2p.Signer // nil without --sequencer-key
	chain      *blockChain
	stored     *storedBlocks
	validators *validators
	raw        *rawPublisher
	liars      []host.Host
	api        *p2p.APIBackend
	rpc        *oprpc.Server // nil without --rpc
	rpcURL     string
	driver     *idleDriver // nil without --rpc
}

func startNode(ctx context.Context, options nodeOptions) (*opNode, error) {
	logger, err := makeLogger(options.logLevel)
	if err != nil {
		return nil, err
	}
	cfg := makeRollupConfig(options.chainID, forks.Isthmus)
	if options.rollupConfig != "" {
		if cfg, err = loadRollupConfig(options.rollupConfig); err != nil {
			return nil, err
		}
	}
	signer, runCfg, err := makeSigner(options)
	if err != nil {
		return nil, err
	}
	setup, err := makeP2PConfig(options, cfg)
	if err != nil {
		return nil, err
	}
	stored := newStoredBlocks()
	watched := log.NewLogger(newVerdictHandler(logger.Handler()))
	node, err := p2p.NewNodeP2P(ctx, cfg, watched, setup, acceptedPrinter{cfg}, stored, runCfg, metrics.NoopMetrics, clock.SystemClock)
	if err != nil {
		return nil, err
	}
	made := &opNode{
		NodeP2P: node, cfg: cfg, threshold: options.threshold, signer: signer, chain: newBlockChain(cfg), stored: stored,
		validators: newValidators(logger, cfg, runCfg, setup), raw: &rawPublisher{cfg: cfg, node: node},
		api: p2p.NewP2PAPIBackend(node, logger),
	}
	if options.rpc {
		if made.rpcURL, err = made.serveRPC(logger); err != nil {
			return nil, err
		}
	}
	made.discover(ctx, logger, setup.TargetPeers())
	return made, nil
}

func makeLogger(levelName string) (log.Logger, error) {
	levels := map[string]int{"error": 1, "warn": 2, "info": 3, "debug": 4}
	level, known := levels[levelName]
	if !known {
		return nil, fmt.Errorf("%w: --log-level %s is unknown", errUsage, levelName)
	}
	return log.NewLogger(log.NewTerminalHandlerWithLevel(os.Stderr, log.FromLegacyLevel(level), false)), nil
}

// makeSigner gives the key to sign with, if any, and the address that blocks must be signed by.
func makeSigner(options nodeOptions) (p2p.Signer, *runtimeConfig, error) {
	var signer p2p.Signer
	runCfg := &runtimeConfig{}
	if options.sequencerKey != "" {
		key, err := gethcrypto.HexToECDSA(strings.TrimPrefix(options.sequencerKey, "0x"))
		if err != nil {
			return nil, nil, fmt.Errorf("%w: --sequencer-key: %v", errUsage, err)
		}
		signer = opsigner.NewLocalSigner(key)
		runCfg.signer = gethcrypto.PubkeyToAddress(key.PublicKey)
	}
	if options.signer != "" {
		if !common.IsHexAddress(options.signer) {
			return nil, nil, fmt.Errorf("%w: --signer %q is no address", errUsage, options.signer)
		}
		runCfg.signer = common.HexToAddress(options.signer)
	}
	if runCfg.signer == (common.Address{}) {
		return nil, nil, fmt.Errorf("%w: --signer or --sequencer-key is needed", errUsage)
	}
	return signer, runCfg, nil
}

// makeP2PConfig sets what op-node's command line sets by default, with stores in memory, and discovery only where asked for.
func makeP2PConfig(options nodeOptions, cfg *rollup.Config) (*p2p.Config, error) {
	if len(options.opNodeFlags) > 0 {
		return configFromCommandLine(options.opNodeFlags, cfg.BlockTime)
	}
	key, _, err := crypto.GenerateSecp256k1Key(rand.Reader)
	if err != nil {
		return nil, err
	}
	static, err := parseAddrs(options.static)
	if err != nil {
		return nil, err
	}
	if options.listenPort > 65535 {
		return nil, fmt.Errorf("%w: --listen-port %d is no port", errUsage, options.listenPort)
	}
	scoring, err := p2p.GetScoringParams("light", cfg.BlockTime)
	if err != nil {
		return nil, err
	}
	setup := &p2p.Config{
		Priv:                     key.(*crypto.Secp256k1PrivateKey),
		ScoringParams:            scoring,
		BanningEnabled:           true,
		BanningThreshold:         -100,
		BanningDuration:          time.Hour,
		ListenIP:                 net.IPv4(127, 0, 0, 1),
		ListenTCPPort:            uint16(options.listenPort),
		StaticPeers:              static,
		HostMux:                  []libp2p.Option{p2p.YamuxC(), p2p.MplexC()},
		HostSecurity:             []libp2p.Option{p2p.NoiseC()},
		PeersLo:                  options.peersLo,
		PeersHi:                  options.peersHi,
		PeersGrace:               30 * time.Second,
		MeshD:                    p2p.DefaultMeshD,
		MeshDLo:                  p2p.DefaultMeshDlo,
		MeshDHi:                  options.meshHi,
		MeshDLazy:                p2p.DefaultMeshDlazy,
		GossipTimestampThreshold: options.threshold,
		UserAgent:                "optimism",
		TimeoutNegotiation:       10 * time.Second,
		TimeoutAccept:            10 * time.Second,
		TimeoutDial:              10 * time.Second,
		Store:                    dssync.MutexWrap(ds.NewMapDatastore()),
		EnableReqRespSync:        true,
		EnablePingService:        true,
	}
	if err := options.discovery.apply(setup); err != nil {
		return nil, err
	}
	if err := allowPeers(setup); err != nil {
		return nil, err
	}
	return setup, setup.Check()
}

// allowPeers lifts libp2p's own limits where more peers are wanted than usual: by default it grants an eighth of the
// machine's memory, which is 256 incoming connections with 24 GiB whatever op-node is told.
func allowPeers(setup *p2p.Config) error {
	if setup.PeersHi <= defaultPeersHi {
		return nil
	}
	limits := rcmgr.DefaultLimits
	libp2p.SetDefaultServiceLimits(&limits)
	manager, err := rcmgr.NewResourceManager(rcmgr.NewFixedLimiter(
		limits.Scale(int64(setup.PeersHi)<<25, 8*int(setup.PeersHi)))) // 64 connections for each 2^30 bytes
	if err != nil {
		return err
	}
	setup.HostMux = append(setup.HostMux, libp2p.ResourceManager(manager))
	return nil
}

func parseAddrs(list string) ([]core.Multiaddr, error) {
	var addrs []core.Multiaddr
	for _, text := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' }) {
		addr, err := multiaddr.NewMultiaddr(text)
		if err == nil {
			_, err = peer.AddrInfoFromP2pAddr(addr)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %q: %v", errUsage, text, err)
		}
		addrs = append(addrs, addr)
	}
	return addrs, nil
}

// close ends the node. op-node leaves two of its topics open, which the end of the context closes.
func (n *opNode) close() error {
	ended := []error{n.raw.close()}
	if n.rpc != nil {
		ended = append(ended, n.rpc.Stop())
	}
	for _, liar := range n.liars {
		ended = append(ended, liar.Close())
	}
	return errors.Join(append(ended, n.NodeP2P.Close())...)
}

// acceptedPrinter receives the blocks of other peers that op-node's validator accepted.
type acceptedPrinter struct{ cfg *rollup.Config }

func (a acceptedPrinter) OnUnsafeL2Payload(_ context.Context, from peer.ID, envelope *eth.ExecutionPayloadEnvelope) error {
	line := describeBlock(a.cfg, envelope)
	line["from"] = from.String()
	emit("accepted", line)
	return nil
}

func describeBlock(cfg *rollup.Config, envelope *eth.ExecutionPayloadEnvelope) fields {
	payload, version := envelope.ExecutionPayload, versionOf(envelope)
	return fields{
		"version": versionNumber(version), "topic": blocksTopic(cfg, version),
		"number": uint64(payload.BlockNumber), "hash": payload.BlockHash.String(),
		"parent_hash": payload.ParentHash.String(), "timestamp": uint64(payload.Timestamp),
		"txs": len(payload.Transactions), "at_us": time.Now().UnixMicro(),
	}
}
