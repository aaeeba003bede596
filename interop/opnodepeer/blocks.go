package main

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"math/rand/v2"

	"github.com/golang/snappy"
	"github.com/holiman/uint256"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/ethereum-optimism/optimism/op-node/p2p"
	"github.com/ethereum-optimism/optimism/op-node/rollup"
	"github.com/ethereum-optimism/optimism/op-service/eth"
	opsigner "github.com/ethereum-optimism/optimism/op-service/signer"
)

const gasLimit = 60_000_000

// blockChain builds payloads that hash correctly, each the child of the one before. The transactions are
// pseudo-random bytes: gossip does not look into them.
type blockChain struct {
	cfg    *rollup.Config
	parent common.Hash
	number uint64
	random *rand.ChaCha8
}

func newBlockChain(cfg *rollup.Config) *blockChain {
	var seed [32]byte
	crand.Read(seed[:])
	return newSeededChain(cfg, seed)
}

// newSeededChain builds the same blocks wherever the config and the seed are the same.
func newSeededChain(cfg *rollup.Config, seed [32]byte) *blockChain {
	return &blockChain{
		cfg: cfg, parent: cfg.Genesis.L2.Hash, number: cfg.Genesis.L2.Number, random: rand.NewChaCha8(seed),
	}
}

// next builds the child of the last block.
func (c *blockChain) next(version eth.BlockVersion, timestamp uint64, txs, txSize int) *eth.ExecutionPayloadEnvelope {
	payload := &eth.ExecutionPayload{
		ParentHash:    c.parent,
		FeeRecipient:  common.HexToAddress("0x4200000000000000000000000000000000000011"),
		StateRoot:     eth.Bytes32(c.randomHash()),
		ReceiptsRoot:  eth.Bytes32(c.randomHash()),
		PrevRandao:    eth.Bytes32(c.randomHash()),
		BlockNumber:   eth.Uint64Quantity(c.number + 1),
		GasLimit:      gasLimit,
		GasUsed:       eth.Uint64Quantity(21_000 * txs),
		Timestamp:     eth.Uint64Quantity(timestamp),
		ExtraData:     extraData(c.cfg, timestamp),
		BaseFeePerGas: eth.Uint256Quantity(*uint256.NewInt(1_000_000_000)),
		Transactions:  make([]eth.Data, txs),
	}
	for i := range payload.Transactions {
		payload.Transactions[i] = make(eth.Data, txSize)
		c.random.Read(payload.Transactions[i])
	}
	envelope := &eth.ExecutionPayloadEnvelope{ExecutionPayload: payload}
	c.setVersionFields(envelope, version)
	payload.BlockHash, _ = envelope.CheckBlockHash()
	c.parent, c.number = payload.BlockHash, c.number+1
	return envelope
}

// nextInTime builds the child of the last block at the time, and of the version, that its number asks for.
func (c *blockChain) nextInTime(txs, txSize int) *eth.ExecutionPayloadEnvelope {
	timestamp := c.cfg.Genesis.L2Time + (c.number+1-c.cfg.Genesis.L2.Number)*c.cfg.BlockTime
	version := eth.BlockV1
	for version < eth.BlockV4 && timestamp >= activation(c.cfg, version+1) {
		version++
	}
	return c.next(version, timestamp, txs, txSize)
}

func (c *blockChain) setVersionFields(envelope *eth.ExecutionPayloadEnvelope, version eth.BlockVersion) {
	payload := envelope.ExecutionPayload
	if version.HasWithdrawals() {
		payload.Withdrawals = &types.Withdrawals{}
	}
	if version.HasBlobProperties() {
		payload.BlobGasUsed, payload.ExcessBlobGas = new(eth.Uint64Quantity), new(eth.Uint64Quantity)
	}
	if version.HasParentBeaconBlockRoot() {
		root := c.randomHash()
		envelope.ParentBeaconBlockRoot = &root
	}
	if version.HasWithdrawalsRoot() {
		root := c.randomHash() // not the empty trie's: op-node would encode that as V3
		payload.WithdrawalsRoot = &root
	}
}

func (c *blockChain) randomHash() (hash common.Hash) {
	c.random.Read(hash[:])
	return hash
}

// extraData holds the EIP-1559 parameters where the fork at that time wants them: denominator 250, elasticity 6.
func extraData(cfg *rollup.Config, timestamp uint64) eth.BytesMax32 {
	switch {
	case cfg.IsJovian(timestamp):
		return eth.BytesMax32{1, 0, 0, 0, 250, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0}
	case cfg.IsHolocene(timestamp):
		return eth.BytesMax32{0, 0, 0, 0, 250, 0, 0, 0, 6}
	}
	return eth.BytesMax32{}
}

// versionOf reads the version from the fields that are present, as they are after decoding.
func versionOf(envelope *eth.ExecutionPayloadEnvelope) eth.BlockVersion {
	payload := envelope.ExecutionPayload
	switch {
	case payload.WithdrawalsRoot != nil:
		return eth.BlockV4
	case payload.BlobGasUsed != nil:
		return eth.BlockV3
	case payload.Withdrawals != nil:
		return eth.BlockV2
	}
	return eth.BlockV1
}

// encodeSSZ is what op-node signs, gossips and serves.
func encodeSSZ(envelope *eth.ExecutionPayloadEnvelope) ([]byte, error) {
	var body bytes.Buffer
	var err error
	if envelope.ParentBeaconBlockRoot != nil {
		_, err = envelope.MarshalSSZ(&body)
	} else {
		_, err = envelope.ExecutionPayload.MarshalSSZ(&body)
	}
	return body.Bytes(), err
}

// gossipWire signs an envelope and encodes it as gossip carries it. The plain form is what the snappy block holds.
func gossipWire(cfg *rollup.Config, signer p2p.Signer, envelope *eth.ExecutionPayloadEnvelope) (wire, plain []byte, err error) {
	ssz, err := encodeSSZ(envelope)
	if err != nil {
		return nil, nil, err
	}
	return signedWire(context.Background(), cfg, signer, ssz)
}

func signedWire(ctx context.Context, cfg *rollup.Config, signer p2p.Signer, ssz []byte) (wire, plain []byte, err error) {
	signature, err := signer.SignBlockV1(ctx, eth.ChainIDFromBig(cfg.L2ChainID), opsigner.PayloadHash(ssz))
	if err != nil {
		return nil, nil, err
	}
	plain = append(signature[:], ssz...)
	return snappy.Encode(nil, plain), plain, nil
}
