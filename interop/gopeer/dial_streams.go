package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/libp2p/go-libp2p/core/host"
)

const largestEcho = 4096

// echoSize varies between 0 and largestEcho; stream 0 carries nothing at all.
func echoSize(stream int) int { return int(uint32(stream) * 2654435761 % (largestEcho + 1)) }

// streams opens N echo streams, at most MAXOPEN at once, and compares what comes back.
func (d *dialer) streams(ctx context.Context, args []string) (fields, error) {
	n, err := count(args[0])
	if err != nil {
		return nil, err
	}
	maxOpen, err := count(args[1])
	if err != nil {
		return nil, err
	}
	h, err := d.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	var echoed atomic.Int64
	result := fields{"streams": n, "max_open": maxOpen}
	span := startMeter()
	err = inParallel(n, maxOpen, func(stream int) error {
		size := echoSize(stream)
		if err := d.echoOnce(ctx, h, uint64(stream), size); err != nil {
			return fmt.Errorf("stream %d of %d bytes: %w", stream, size, err)
		}
		echoed.Add(int64(size))
		return nil
	})
	if err != nil {
		return nil, err
	}
	result["bytes"] = echoed.Load()
	result["streams_per_second"] = float64(n) / span.stop(result)
	return result, nil
}

func (d *dialer) echoOnce(ctx context.Context, h host.Host, seed uint64, size int) error {
	s, err := h.NewStream(ctx, d.target.ID, echoProtocol)
	if err != nil {
		return err
	}
	sent := generated(seed, size)
	if _, err := s.Write(sent); err != nil {
		s.Reset()
		return err
	}
	if err := s.CloseWrite(); err != nil {
		s.Reset()
		return err
	}
	received, err := io.ReadAll(s)
	if err != nil {
		s.Reset()
		return err
	}
	if !bytes.Equal(sent, received) {
		s.Reset()
		return fmt.Errorf("%d bytes came back and differ", len(received))
	}
	return s.Close()
}

// inParallel calls body(0) … body(n-1) from the given number of goroutines. The first error ends it.
func inParallel(n, workers int, body func(int) error) error {
	var next atomic.Int64
	var failed atomic.Bool
	outcomes := make(chan error, workers)
	for range workers {
		go func() {
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= n {
					break
				}
				if err := body(i); err != nil {
					failed.Store(true)
					outcomes <- err
					return
				}
			}
			outcomes <- nil
		}()
	}
	var all error
	for range workers {
		all = errors.Join(all, <-outcomes)
	}
	return all
}
