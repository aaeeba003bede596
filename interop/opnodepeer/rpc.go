package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"sync/atomic"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/log"
	"github.com/ethereum/go-ethereum/rpc"

	opnode "github.com/ethereum-optimism/optimism/op-node/node"
	"github.com/ethereum-optimism/optimism/op-node/node/safedb"
	"github.com/ethereum-optimism/optimism/op-node/p2p"
	"github.com/ethereum-optimism/optimism/op-node/rollup/sequencing"
	"github.com/ethereum-optimism/optimism/op-service/eth"
	oplog "github.com/ethereum-optimism/optimism/op-service/log"
	oprpc "github.com/ethereum-optimism/optimism/op-service/rpc"
)

// serveRPC starts op-node's own RPC server with its own P2P, node and admin classes, on any port of loopback. The URL.
func (n *opNode) serveRPC(logger log.Logger) (string, error) {
	driver := &idleDriver{}
	driver.status.Store(&eth.SyncStatus{})
	n.driver = driver
	n.rpc = oprpc.NewServer("127.0.0.1", 0, "v0.0.0-dev", oprpc.WithLogger(logger), oprpc.WithCORSHosts([]string{"*"}))
	n.rpc.AddAPI(rpc.API{
		Namespace: "optimism", Service: opnode.NewNodeAPI(n.cfg, nil, nil, driver, safedb.Disabled, logger),
	})
	n.rpc.AddAPI(rpc.API{Namespace: p2p.NamespaceRPC, Service: n.api})
	settable := oplog.NewLogger(os.Stderr, oplog.CLIConfig{Level: log.LevelWarn, Format: oplog.FormatText})
	n.rpc.AddAPI(rpc.API{Namespace: "admin", Service: opnode.NewAdminAPI(driver, settable)})
	if err := n.rpc.Start(); err != nil {
		return "", err
	}
	return "http://" + n.rpc.Endpoint(), nil
}

// idleDriver stands in for op-node's driver: no L1, no engine, and op-node's own sequencer of a node that does not
// sequence. What it is asked for here, op-node's driver hands to that sequencer in the same way.
type idleDriver struct {
	sequencer sequencing.DisabledSequencer
	status    atomic.Pointer[eth.SyncStatus] // as a node that derives the chain would tell it
}

func (d *idleDriver) SyncStatus(context.Context) (*eth.SyncStatus, error) {
	return d.status.Load(), nil
}

// tellStatus has the node answer optimism_syncStatus with what the command says.
func (n *opNode) tellStatus(c command) error {
	if n.driver == nil {
		return errors.New("sync_status needs --rpc")
	}
	var status eth.SyncStatus
	if err := json.Unmarshal(c.Status, &status); err != nil {
		return err
	}
	n.driver.status.Store(&status)
	emit("told", fields{})
	return nil
}

func (*idleDriver) BlockRefWithStatus(context.Context, uint64) (eth.L2BlockRef, *eth.SyncStatus, error) {
	return eth.L2BlockRef{}, nil, ethereum.NotFound
}

func (*idleDriver) ResetDerivationPipeline(context.Context) error { return nil }

func (d *idleDriver) StartSequencer(ctx context.Context, head common.Hash) error {
	return d.sequencer.Start(ctx, head)
}

func (d *idleDriver) StopSequencer(ctx context.Context) (common.Hash, error) {
	return d.sequencer.Stop(ctx)
}

func (d *idleDriver) SequencerActive(context.Context) (bool, error) { return d.sequencer.Active(), nil }

func (*idleDriver) OnUnsafeL2Payload(context.Context, *eth.ExecutionPayloadEnvelope) {}

func (d *idleDriver) OverrideLeader(ctx context.Context) error {
	return d.sequencer.OverrideLeader(ctx)
}

func (d *idleDriver) ConductorEnabled(ctx context.Context) (bool, error) {
	return d.sequencer.ConductorEnabled(ctx), nil
}

func (d *idleDriver) SetRecoverMode(_ context.Context, mode bool) error {
	d.sequencer.SetRecoverMode(mode)
	return nil
}
