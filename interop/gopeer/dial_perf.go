package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
)

func (d *dialer) perfUp(ctx context.Context, args []string) (fields, error) {
	return d.perfTransfer(ctx, args[0], true)
}

func (d *dialer) perfDown(ctx context.Context, args []string) (fields, error) {
	return d.perfTransfer(ctx, args[0], false)
}

// perfTransfer times one /perf/1.0.0 request, from the first byte written to the end of the answer.
func (d *dialer) perfTransfer(ctx context.Context, sizeText string, up bool) (fields, error) {
	size, err := count(sizeText)
	if err != nil {
		return nil, err
	}
	upload, download := uint64(size), uint64(0)
	if !up {
		upload, download = 0, uint64(size)
	}
	return d.withStream(ctx, perfProtocol, func(s network.Stream) (fields, error) {
		result := fields{"bytes": size}
		span := startMeter()
		if _, err := s.Write(binary.BigEndian.AppendUint64(nil, download)); err != nil {
			return nil, err
		}
		if err := writeZeros(s, upload); err != nil {
			return nil, err
		}
		if err := s.CloseWrite(); err != nil {
			return nil, err
		}
		received, err := io.CopyBuffer(io.Discard, onlyReader{s}, make([]byte, copyBuffer))
		if err != nil {
			return nil, err
		}
		if uint64(received) != download {
			return nil, fmt.Errorf("the listener sent %d bytes of %d", received, download)
		}
		result["mib_per_second"] = float64(size) / (1 << 20) / span.stop(result)
		return result, nil
	})
}

// perfLatency sends one byte at a time through one echo stream.
func (d *dialer) perfLatency(ctx context.Context, args []string) (fields, error) {
	n, err := count(args[0])
	if err != nil {
		return nil, err
	}
	return d.withStream(ctx, echoProtocol, func(s network.Stream) (fields, error) {
		const warmUp = 100
		result := fields{"count": n}
		samples := make([]time.Duration, 0, n)
		var span meter
		for i := range warmUp + n {
			if i == warmUp {
				span = startMeter()
			}
			start := time.Now()
			sent := [1]byte{byte(i)}
			if _, err := s.Write(sent[:]); err != nil {
				return nil, err
			}
			var received [1]byte
			if _, err := io.ReadFull(s, received[:]); err != nil {
				return nil, err
			}
			if received != sent {
				return nil, fmt.Errorf("round trip %d: another byte came back", i)
			}
			if i >= warmUp {
				samples = append(samples, time.Since(start))
			}
		}
		span.stop(result)
		latencies(result, samples)
		return result, nil
	})
}

// perfSetups dials, identifies and closes N times. Each of the connections in flight has its own identity.
func (d *dialer) perfSetups(ctx context.Context, args []string) (fields, error) {
	n, err := count(args[0])
	if err != nil {
		return nil, err
	}
	hosts := make(chan host.Host, d.inFlight)
	for range d.inFlight {
		h, err := makeHost(d.options, "")
		if err != nil {
			return nil, err
		}
		defer h.Close()
		hosts <- h
	}
	samples := make([]time.Duration, n)
	result := fields{"count": n, "in_flight": d.inFlight}
	span := startMeter()
	err = inParallel(n, d.inFlight, func(i int) error {
		h := <-hosts
		defer func() { hosts <- h }()
		start := time.Now()
		if err := h.Connect(ctx, d.target); err != nil {
			return fmt.Errorf("connection %d: %w", i, err)
		}
		samples[i] = time.Since(start)
		return h.Network().ClosePeer(d.target.ID)
	})
	if err != nil {
		return nil, err
	}
	result["per_second"] = float64(n) / span.stop(result)
	latencies(result, samples)
	return result, nil
}
