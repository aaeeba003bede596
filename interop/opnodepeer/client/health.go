package main

import (
	"context"
	"fmt"
	"time"

	"github.com/ethereum-optimism/optimism/op-conductor/health"
	"github.com/ethereum-optimism/optimism/op-conductor/metrics"
)

// healthSettings are those of op-conductor's health check, in whole seconds and peers.
type healthSettings struct {
	Count          int    `json:"count"`           // how many checks
	Interval       uint64 `json:"interval"`        // between two
	UnsafeInterval uint64 `json:"unsafe_interval"` // largest age of the unsafe head
	SafeInterval   uint64 `json:"safe_interval"`   // largest age of the safe head; 0: not looked at
	MinPeers       uint64 `json:"min_peers"`
}

// watchHealth runs op-conductor's own monitor and prints what it finds each time.
func (c *clients) watchHealth(ctx context.Context, settings healthSettings) error {
	if c.config == nil { // op-conductor has it from its own start
		var err error
		if c.config, err = c.rollup.RollupConfig(ctx); err != nil {
			return err
		}
	}
	monitor := health.NewSequencerHealthMonitor(
		c.log, metrics.NoopMetrics, max(settings.Interval, 1), settings.UnsafeInterval, settings.SafeInterval,
		settings.MinPeers, settings.SafeInterval > 0, c.config, c.rollup, c.p2p, nil, nil, 0, 0, 0)
	updates := monitor.Subscribe()
	if err := monitor.Start(ctx); err != nil {
		return err
	}
	defer func() { _ = monitor.Stop() }()
	for range max(settings.Count, 1) {
		select {
		case found := <-updates:
			line := fields{"healthy": found == nil, "why": ""}
			if found != nil {
				line["why"] = found.Error()
			}
			emit("health", line)
		case <-time.After(time.Minute):
			return fmt.Errorf("op-conductor's monitor has told nothing for a minute")
		}
	}
	return nil
}

// latest is the newest block that op-conductor finds in the execution engine.
func (c *clients) latest(ctx context.Context) error {
	if !c.hasEngine {
		return fmt.Errorf("latest needs --engine")
	}
	block, err := c.control.LatestUnsafeBlock(ctx)
	if err != nil {
		return err
	}
	emit("latest", fields{"number": block.NumberU64(), "hash": block.Hash().String()})
	return nil
}
