package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"

	"github.com/ethereum-optimism/optimism/op-service/eth"
)

// storedBlocks is what op-node's server of payload_by_number takes for the execution engine.
type storedBlocks struct {
	mutex  sync.Mutex
	blocks map[uint64]*eth.ExecutionPayloadEnvelope
}

func newStoredBlocks() *storedBlocks {
	return &storedBlocks{blocks: map[uint64]*eth.ExecutionPayloadEnvelope{}}
}

func (s *storedBlocks) PayloadByNumber(_ context.Context, number uint64) (*eth.ExecutionPayloadEnvelope, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if envelope, known := s.blocks[number]; known {
		return envelope, nil
	}
	return nil, ethereum.NotFound
}

// at is nil where there is none.
func (s *storedBlocks) at(number uint64) *eth.ExecutionPayloadEnvelope {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.blocks[number]
}

func (s *storedBlocks) put(envelope *eth.ExecutionPayloadEnvelope) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.blocks[uint64(envelope.ExecutionPayload.BlockNumber)] = envelope
}

// store builds count blocks from number first on, each at its own time, and serves them from then on. The same seed gives
// the same blocks in every peer.
func (n *opNode) store(c command) error {
	if c.First <= n.cfg.Genesis.L2.Number || c.Count < 1 {
		return errors.New("first is not after genesis, or count is 0")
	}
	chain := newSeededChain(n.cfg, [32]byte{c.Seed})
	chain.number = c.First - 1
	var last *eth.ExecutionPayloadEnvelope
	for range c.Count {
		last = chain.nextInTime(c.Txs, c.TxSize)
		n.stored.put(last)
	}
	emit("stored", describeBlock(n.cfg, last))
	return nil
}

// requestRange has op-node's sync client ask its peers; what it accepts is told as gossiped blocks are.
func (n *opNode) requestRange(ctx context.Context, c command) error {
	limited, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	start := eth.L2BlockRef{Number: c.After}
	end := eth.L2BlockRef{Number: c.Before, Hash: common.HexToHash(c.Hash), ParentHash: common.HexToHash(c.Top)}
	if err := n.RequestL2Range(limited, start, end); err != nil {
		return err
	}
	emit("requested", fields{"after": c.After, "before": c.Before})
	return nil
}
