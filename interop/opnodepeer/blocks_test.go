package main

import (
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethcrypto "github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/log"

	"github.com/ethereum-optimism/optimism/op-core/forks"
	"github.com/ethereum-optimism/optimism/op-node/p2p"
	"github.com/ethereum-optimism/optimism/op-node/rollup"
	"github.com/ethereum-optimism/optimism/op-service/eth"
	opsigner "github.com/ethereum-optimism/optimism/op-service/signer"
)

func testValidators(cfg *rollup.Config, signer common.Address) *validators {
	quiet := log.NewLogger(log.NewTerminalHandlerWithLevel(io.Discard, slog.LevelError, false))
	return newValidators(quiet, cfg, &runtimeConfig{signer: signer}, &p2p.Config{GossipTimestampThreshold: time.Minute})
}

func TestOpNodeAcceptsBuiltBlocksOnTheirOwnTopicOnly(t *testing.T) {
	key, err := gethcrypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	lastFork := map[forks.Name]eth.BlockVersion{
		forks.Regolith: eth.BlockV1, forks.Canyon: eth.BlockV2, forks.Ecotone: eth.BlockV3,
		forks.Isthmus: eth.BlockV4, forks.Jovian: eth.BlockV4,
	}
	for fork, version := range lastFork {
		cfg := makeRollupConfig(901, fork)
		checks := testValidators(cfg, gethcrypto.PubkeyToAddress(key.PublicKey))
		now := time.Now()
		timestamp, err := timestampFor(cfg, version, now, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		wire, _, err := gossipWire(cfg, opsigner.NewLocalSigner(key), newBlockChain(cfg).next(version, timestamp, 3, 100))
		if err != nil {
			t.Fatal(err)
		}
		for topic := eth.BlockV1; topic <= eth.BlockV4; topic++ {
			want := "REJECT"
			if topic == version {
				want = "ACCEPT"
			}
			if got := checks.run(topic, wire, now.Unix()); got["verdict"] != want {
				t.Errorf("%s block on topic of V%d: %v, not %s", fork, versionNumber(topic), got, want)
			}
		}
	}
}

func TestRecordedFramesAreAccepted(t *testing.T) {
	text, err := os.ReadFile("../../testdata/opstack/opnode_accepted_frames.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Frames []struct {
			Version   string `json:"version"`
			Timestamp int64  `json:"timestamp"`
			Wire      string `json:"wire"`
			MessageID string `json:"message_id"`
		} `json:"frames"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	signer := common.HexToAddress("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
	for i, frame := range file.Frames {
		wire, err := hex.DecodeString(strings.TrimPrefix(frame.Wire, "0x"))
		if err != nil {
			t.Fatal(err)
		}
		version := eth.BlockVersion(frame.Version[1]-'1') + eth.BlockV1
		checks := testValidators(makeRollupConfig(901, forks.Jovian), signer)
		got := checks.run(version, wire, frame.Timestamp)
		if got["verdict"] != "ACCEPT" || got["message_id"] != frame.MessageID {
			t.Errorf("frame %d: %v", i, got)
		}
	}
	if len(file.Frames) == 0 {
		t.Error("no frames")
	}
}

func TestTimestampForEachVersion(t *testing.T) {
	now := time.Now()
	spread := makeRollupConfig(901, forks.Isthmus)
	spreadForks(spread, 10*time.Minute)
	for version := eth.BlockV1; version <= eth.BlockV4; version++ {
		timestamp, err := timestampFor(spread, version, now, 40*time.Minute)
		if err != nil {
			t.Errorf("V%d: %v", versionNumber(version), err)
			continue
		}
		if inside := timestamp >= activation(spread, version) && timestamp <= uint64(now.Unix()); !inside {
			t.Errorf("V%d: %d is not the version's time", versionNumber(version), timestamp)
		}
		_, err = timestampFor(spread, version, now, time.Minute)
		if (err == nil) != (version == eth.BlockV4) {
			t.Errorf("V%d within one minute: %v", versionNumber(version), err)
		}
	}
	isthmus := makeRollupConfig(901, forks.Isthmus)
	if _, err := timestampFor(isthmus, eth.BlockV2, now, time.Minute); err == nil {
		t.Error("V2 got a time although V3 starts at 0")
	}
	if _, err := timestampFor(makeRollupConfig(901, forks.Canyon), eth.BlockV3, now, time.Minute); err == nil {
		t.Error("V3 got a time although Ecotone is not planned")
	}
}
