package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/log"

	"github.com/ethereum-optimism/optimism/op-node/p2p"
	"github.com/ethereum-optimism/optimism/op-node/rollup"
	"github.com/ethereum-optimism/optimism/op-service/clock"
	"github.com/ethereum-optimism/optimism/op-service/eth"
)

// runtimeConfig tells op-node's validator who the sequencer is. No signer was replaced, so there is no previous one.
type runtimeConfig struct{ signer common.Address }

func (r *runtimeConfig) P2PSequencerAddress() common.Address         { return r.signer }
func (r *runtimeConfig) PreviousP2PSequencerAddress() common.Address { return common.Address{} }
func (r *runtimeConfig) ConfirmCurrentSigner()                       {}

// validators are op-node's block validators of all four topics, to be run on bytes. Like a node's they remember the
// blocks they saw, but they share nothing with the running node.
type validators struct {
	cfg       *rollup.Config
	clock     *fixableClock
	warning   *lastWarning
	build     func(eth.BlockVersion) pubsub.ValidatorEx
	byVersion map[eth.BlockVersion]pubsub.ValidatorEx
}

// fixableClock is the system clock until it is fixed at a time.
type fixableClock struct {
	clock.Clock
	fixed *time.Time
}

func (c *fixableClock) Now() time.Time {
	if c.fixed != nil {
		return *c.fixed
	}
	return c.Clock.Now()
}

func newValidators(logger log.Logger, cfg *rollup.Config, runCfg *runtimeConfig, gossip p2p.GossipSetupConfigurables) *validators {
	v := &validators{
		cfg: cfg, clock: &fixableClock{Clock: clock.SystemClock}, warning: &lastWarning{Handler: logger.Handler()},
	}
	v.build = func(version eth.BlockVersion) pubsub.ValidatorEx {
		return p2p.BuildBlocksValidator(log.NewLogger(v.warning), cfg, runCfg, version, gossip, v.clock)
	}
	v.forget()
	return v
}

// forget drops what the validators remember of blocks they saw.
func (v *validators) forget() {
	v.byVersion = map[eth.BlockVersion]pubsub.ValidatorEx{}
	for version := eth.BlockV1; version <= eth.BlockV4; version++ {
		v.byVersion[version] = v.build(version)
	}
}

// run gives the verdict on a message, with the clock at a Unix time, or the real one for 0.
func (v *validators) run(version eth.BlockVersion, wire []byte, at int64) fields {
	v.clock.fixed = nil
	if at != 0 {
		fixed := time.Unix(at, 0)
		v.clock.fixed = &fixed
	}
	v.warning.text = ""
	topic := blocksTopic(v.cfg, version)
	message := &pb.Message{Data: wire, Topic: &topic}
	verdict := v.byVersion[version](context.Background(), "", &pubsub.Message{Message: message})
	return fields{
		"topic_version": versionNumber(version), "verdict": verdictName(verdict), "reason": v.warning.text,
		"message_id": hex.EncodeToString([]byte(p2p.BuildMsgIdFn(v.cfg)(message))),
	}
}

func verdictName(verdict pubsub.ValidationResult) string {
	switch verdict {
	case pubsub.ValidationAccept:
		return "ACCEPT"
	case pubsub.ValidationIgnore:
		return "IGNORE"
	case pubsub.ValidationReject:
		return "REJECT"
	}
	return fmt.Sprint(int(verdict))
}
