package main

import (
	"flag"
	"fmt"
	"math"
	"math/big"
	"os"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/ethereum-optimism/optimism/op-core/forks"
	"github.com/ethereum-optimism/optimism/op-node/rollup"
	"github.com/ethereum-optimism/optimism/op-service/eth"
)

const genesisAge = 24 * time.Hour // of the configs made here, at least

// firstFork[v] is the fork from which payloads have version v.
var firstFork = map[eth.BlockVersion]forks.Name{
	eth.BlockV1: forks.Regolith, eth.BlockV2: forks.Canyon, eth.BlockV3: forks.Ecotone, eth.BlockV4: forks.Isthmus,
}

// versionFromNumber turns the 1..4 of commands and flags into op-node's constant.
func versionFromNumber(number int) (eth.BlockVersion, error) {
	if number < 1 || number > 4 {
		return 0, fmt.Errorf("payload version %d does not exist: use 1 to 4", number)
	}
	return eth.BlockV1 + eth.BlockVersion(number-1), nil
}

func versionNumber(version eth.BlockVersion) int { return int(version-eth.BlockV1) + 1 }

func blocksTopic(cfg *rollup.Config, version eth.BlockVersion) string {
	return fmt.Sprintf("/optimism/%s/%d/blocks", cfg.L2ChainID, versionNumber(version)-1)
}

// loadRollupConfig reads op-node's rollup.json and checks it as op-node does at start.
func loadRollupConfig(path string) (*rollup.Config, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var cfg rollup.Config
	if err := cfg.ParseRollupConfig(file); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := cfg.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &cfg, nil
}

// makeRollupConfig is the smallest config that passes op-node's check, with all forks up to the given from genesis on.
func makeRollupConfig(chainID uint64, fork forks.Name) *rollup.Config {
	cfg := &rollup.Config{
		Genesis: rollup.Genesis{
			L1:     eth.BlockID{Hash: common.Hash{0x11}},
			L2:     eth.BlockID{Hash: common.Hash{0x22}},
			L2Time: uint64(time.Now().Add(-genesisAge).Truncate(genesisAge).Unix()),
			SystemConfig: eth.SystemConfig{
				BatcherAddr: common.Address{0x33}, Scalar: eth.Bytes32{0x01}, GasLimit: gasLimit,
			},
		},
		BlockTime:              2,
		MaxSequencerDrift:      600,
		SeqWindowSize:          3600,
		ChannelTimeoutBedrock:  300,
		L1ChainID:              big.NewInt(900),
		L2ChainID:              new(big.Int).SetUint64(chainID),
		BatchInboxAddress:      common.Address{0x44},
		DepositContractAddress: common.Address{0x55},
		L1SystemConfigAddress:  common.Address{0x66},
	}
	cfg.ActivateAtGenesis(fork)
	return cfg
}

// spreadForks moves the forks to the past so that each payload version had one step of time, V4 the latest: with a
// timestamp threshold of four steps, one network can gossip all versions.
func spreadForks(cfg *rollup.Config, step time.Duration) {
	now := time.Now()
	at := func(steps time.Duration) *uint64 {
		t := uint64(now.Add(-steps * step).Unix())
		return &t
	}
	cfg.CanyonTime, cfg.DeltaTime = at(3), at(3)
	cfg.EcotoneTime, cfg.FjordTime, cfg.GraniteTime = at(2), at(2), at(2)
	cfg.HoloceneTime, cfg.IsthmusTime = at(1), at(1)
}

// timestampFor is the latest time, not after now, at which the config asks for the version and op-node's window
// still accepts a block.
func timestampFor(cfg *rollup.Config, version eth.BlockVersion, now time.Time, threshold time.Duration) (uint64, error) {
	const margin = 10 * time.Second // for the way to the other side
	first, end := activation(cfg, version), uint64(math.MaxUint64)
	if version != eth.BlockV4 {
		end = activation(cfg, version+1)
	}
	first = max(first, uint64(now.Add(margin-threshold).Unix()))
	if end = min(end, uint64(now.Unix())+1); first >= end {
		return 0, fmt.Errorf("the rollup config has no time for V%d within the %s that gossip accepts: make one with "+
			`"rollup-config --fork %s", or with "--spread" and a larger --timestamp-threshold`,
			versionNumber(version), threshold, firstFork[version])
	}
	return end - 1, nil
}

// activation is the time of a version's first fork: 0 for V1, the end of time where the fork is not planned.
func activation(cfg *rollup.Config, version eth.BlockVersion) uint64 {
	if version == eth.BlockV1 {
		return 0
	}
	if t := cfg.ActivationTime(firstFork[version]); t != nil {
		return *t
	}
	return math.MaxUint64
}

func printRollupConfig(args []string) error {
	flags := flag.NewFlagSet("opnodepeer rollup-config", flag.ContinueOnError)
	chainID := flags.Uint64("chain-id", 901, "L2 chain id")
	fork := flags.String("fork", string(forks.Isthmus), "last fork that is active from genesis: regolith (V1), canyon (V2), ecotone (V3), isthmus or jovian (V4), or any between")
	spread := flags.Duration("spread", 0, "instead: let V1, V2 and V3 end three, two and one times this ago")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	if !forks.IsValid(forks.Name(*fork)) {
		return fmt.Errorf("%w: --fork %s is unknown", errUsage, *fork)
	}
	cfg := makeRollupConfig(*chainID, forks.Name(*fork))
	if *spread > 0 {
		spreadForks(cfg, *spread)
	}
	if err := cfg.Check(); err != nil {
		return err
	}
	writeLine(cfg)
	return nil
}
