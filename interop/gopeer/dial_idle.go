package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
)

const idleDialsInFlight = 8

// idle connects N hosts of different identities, says so, and holds them until stdin closes.
func (d *dialer) idle(ctx context.Context, args []string) (fields, error) {
	n, err := count(args[0])
	if err != nil {
		return nil, err
	}
	hosts := make([]host.Host, n)
	result := fields{"connections": n}
	span := startMeter()
	err = inParallel(n, idleDialsInFlight, func(i int) (err error) {
		if hosts[i], err = d.connect(ctx); err != nil {
			return fmt.Errorf("connection %d: %w", i, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	span.stop(result)
	emit("idle", fields{"connections": n})
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return nil, err
	}
	for i, h := range hosts {
		if h.Network().Connectedness(d.target.ID) != network.Connected {
			return nil, fmt.Errorf("connection %d was lost while idle", i)
		}
	}
	return result, nil
}
