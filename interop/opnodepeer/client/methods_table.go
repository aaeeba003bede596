package main

import (
	"context"
	"log/slog"
	"net"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/ethereum-optimism/optimism/op-service/eth"
)

type (
	ctxT  = context.Context
	nodeT = *clients
)

var p2pMethods = map[string]method{
	"opp2p_self":               plain(func(c nodeT, ctx ctxT) (any, error) { return c.p2p.Self(ctx) }),
	"opp2p_peers":              withOne(func(c nodeT, ctx ctxT, only bool) (any, error) { return c.p2p.Peers(ctx, only) }),
	"opp2p_peerStats":          plain(func(c nodeT, ctx ctxT) (any, error) { return c.p2p.PeerStats(ctx) }),
	"opp2p_discoveryTable":     plain(func(c nodeT, ctx ctxT) (any, error) { return c.p2p.DiscoveryTable(ctx) }),
	"opp2p_blockPeer":          act(func(c nodeT, ctx ctxT, id peer.ID) error { return c.p2p.BlockPeer(ctx, id) }),
	"opp2p_unblockPeer":        act(func(c nodeT, ctx ctxT, id peer.ID) error { return c.p2p.UnblockPeer(ctx, id) }),
	"opp2p_listBlockedPeers":   plain(func(c nodeT, ctx ctxT) (any, error) { return c.p2p.ListBlockedPeers(ctx) }),
	"opp2p_blockAddr":          act(func(c nodeT, ctx ctxT, ip net.IP) error { return c.p2p.BlockAddr(ctx, ip) }),
	"opp2p_unblockAddr":        act(func(c nodeT, ctx ctxT, ip net.IP) error { return c.p2p.UnblockAddr(ctx, ip) }),
	"opp2p_listBlockedAddrs":   plain(func(c nodeT, ctx ctxT) (any, error) { return c.p2p.ListBlockedAddrs(ctx) }),
	"opp2p_blockSubnet":        act(func(c nodeT, ctx ctxT, to *net.IPNet) error { return c.p2p.BlockSubnet(ctx, to) }),
	"opp2p_unblockSubnet":      act(func(c nodeT, ctx ctxT, to *net.IPNet) error { return c.p2p.UnblockSubnet(ctx, to) }),
	"opp2p_listBlockedSubnets": plain(func(c nodeT, ctx ctxT) (any, error) { return c.p2p.ListBlockedSubnets(ctx) }),
	"opp2p_protectPeer":        act(func(c nodeT, ctx ctxT, id peer.ID) error { return c.p2p.ProtectPeer(ctx, id) }),
	"opp2p_unprotectPeer":      act(func(c nodeT, ctx ctxT, id peer.ID) error { return c.p2p.UnprotectPeer(ctx, id) }),
	"opp2p_connectPeer":        act(func(c nodeT, ctx ctxT, addr string) error { return c.p2p.ConnectPeer(ctx, addr) }),
	"opp2p_disconnectPeer":     act(func(c nodeT, ctx ctxT, id peer.ID) error { return c.p2p.DisconnectPeer(ctx, id) }),
}

var rollupMethods = map[string]method{
	"optimism_syncStatus":   plain(func(c nodeT, ctx ctxT) (any, error) { return c.rollup.SyncStatus(ctx) }),
	"optimism_rollupConfig": plain(func(c nodeT, ctx ctxT) (any, error) { return c.rollup.RollupConfig(ctx) }),
	"optimism_version":      plain(func(c nodeT, ctx ctxT) (any, error) { return c.rollup.Version(ctx) }),
	"optimism_outputAtBlock": withOne(func(c nodeT, ctx ctxT, number hexutil.Uint64) (any, error) {
		return c.rollup.OutputAtBlock(ctx, uint64(number))
	}),
	"optimism_safeHeadAtL1Block": withOne(func(c nodeT, ctx ctxT, number hexutil.Uint64) (any, error) {
		return c.rollup.SafeHeadAtL1Block(ctx, uint64(number))
	}),
	"optimism_dependencySet": plain(func(c nodeT, ctx ctxT) (any, error) { return c.rollup.DependencySet(ctx) }),
}

// Those that op-conductor has a name for are called by op-conductor's client, which calls op-node's.
var adminMethods = map[string]method{
	"admin_startSequencer": act(func(c nodeT, ctx ctxT, head common.Hash) error { return c.control.StartSequencer(ctx, head) }),
	"admin_stopSequencer":  plain(func(c nodeT, ctx ctxT) (any, error) { return c.control.StopSequencer(ctx) }),
	"admin_sequencerActive": plain(func(c nodeT, ctx ctxT) (any, error) {
		return c.control.SequencerActive(ctx)
	}),
	"admin_conductorEnabled": plain(func(c nodeT, ctx ctxT) (any, error) { return c.control.ConductorEnabled(ctx) }),
	"admin_postUnsafePayload": act(func(c nodeT, ctx ctxT, block *eth.ExecutionPayloadEnvelope) error {
		return c.control.PostUnsafePayload(ctx, block)
	}),
	"admin_overrideLeader": plain(func(c nodeT, ctx ctxT) (any, error) { return nil, c.rollup.OverrideLeader(ctx) }),
	"admin_setLogLevel":    act(func(c nodeT, ctx ctxT, level slog.Level) error { return c.rollup.SetLogLevel(ctx, level) }),
	"admin_setRecoverMode": act(func(c nodeT, ctx ctxT, on bool) error { return c.rollup.SetRecoverMode(ctx, on) }),
}
