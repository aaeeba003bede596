package main

import (
	"context"
	"fmt"
	"time"

	"github.com/ethereum-optimism/optimism/op-conductor/health"
	"github.com/ethereum-optimism/optimism/op-conductor/metrics"
	"github.com/ethereum-optimism/optimism/op-service/sources"
)

// healthCheck has settings of op-conductor's health check, in whole seconds and peers.
type healthCheck struct {
	UnsafeInterval uint64 `json:"unsafe_interval"` // largest age of the unsafe head
	SafeInterval   uint64 `json:"safe_interval"`   // largest age of the safe head; 0: not looked at
	MinPeers       uint64 `json:"min_peers"`
}

const secondsBetweenChecks = 1 // the least that op-conductor's monitor takes

// checkHealth has op-conductor's own monitor look once for each of the settings, all at the same time, and prints what it
// found, in their order.
func (c *clients) checkHealth(ctx context.Context, checks []healthCheck) error {
	if c.config == nil { // op-conductor has it from its own start
		var err error
		if c.config, err = c.rollup.RollupConfig(ctx); err != nil {
			return err
		}
	}
	var monitors []health.HealthMonitor
	for _, check := range checks {
		monitor := c.monitor(check)
		if err := monitor.Start(ctx); err != nil {
			return err
		}
		defer func() { _ = monitor.Stop() }()
		monitors = append(monitors, monitor)
	}
	for _, monitor := range monitors {
		select {
		case found := <-monitor.Subscribe():
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

func (c *clients) monitor(check healthCheck) health.HealthMonitor {
	plain := c.rpc.RPC // the recorder is for one call at a time
	return health.NewSequencerHealthMonitor(
		c.log, metrics.NoopMetrics, secondsBetweenChecks, check.UnsafeInterval, check.SafeInterval, check.MinPeers,
		check.SafeInterval > 0, c.config, sources.NewRollupClient(plain), sources.NewP2PClient(plain), nil, nil, 0, 0, 0)
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
