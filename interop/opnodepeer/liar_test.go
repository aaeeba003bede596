package main

import (
	"bytes"
	"io"
	"testing"

	"github.com/golang/snappy"

	"github.com/ethereum-optimism/optimism/op-core/forks"
	"github.com/ethereum-optimism/optimism/op-service/eth"
)

// The honest form is what op-node's client takes, and every other form differs from it.
func TestAnswersOfLiars(t *testing.T) {
	cfg := makeRollupConfig(901, forks.Isthmus)
	n := &opNode{cfg: cfg, stored: newStoredBlocks()}
	chain := newSeededChain(cfg, [32]byte{1})
	chain.number = 9
	for range 2 {
		n.stored.put(chain.nextInTime(2, 100))
	}
	honest, err := answerForms["honest"](n, 10)
	if err != nil || !bytes.Equal(honest[:5], []byte{0, 1, 0, 0, 0}) {
		t.Fatalf("honest answer: %v, begins with %v", err, honest[:5])
	}
	body, err := io.ReadAll(snappy.NewReader(bytes.NewReader(honest[5:])))
	if err != nil {
		t.Fatal(err)
	}
	var envelope eth.ExecutionPayloadEnvelope
	if err := envelope.UnmarshalSSZ(eth.BlockV4, uint32(len(body)), bytes.NewReader(body)); err != nil {
		t.Fatal(err)
	}
	if hash, ok := envelope.CheckBlockHash(); !ok || envelope.ExecutionPayload.BlockNumber != 10 {
		t.Errorf("block %d has the hash %s", envelope.ExecutionPayload.BlockNumber, hash)
	}
	for form, answer := range answerForms {
		if answer == nil || form == "honest" {
			continue
		}
		if bad, err := answer(n, 10); err != nil || bytes.Equal(bad, honest) {
			t.Errorf("%s: %v, or it is honest", form, err)
		}
	}
}
