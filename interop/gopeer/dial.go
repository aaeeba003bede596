package main

import (
	"context"
	"flag"
	"fmt"
	"strconv"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// dialer is one run of one test.
type dialer struct {
	options  hostOptions
	inFlight int
	target   peer.AddrInfo
}

// test runs against the target and returns what it measured.
type test struct {
	arguments int
	run       func(*dialer, context.Context, []string) (fields, error)
	untimed   bool // ends when stdin does, whatever --timeout says
}

func lookUpTest(args []string) (name string, found test, rest []string, err error) {
	tests := map[string]test{
		"identify":     {0, (*dialer).identify, false},
		"ping":         {1, (*dialer).ping, false},
		"bulk up":      {1, (*dialer).bulkUp, false},
		"bulk down":    {1, (*dialer).bulkDown, false},
		"streams":      {2, (*dialer).streams, false},
		"perf up":      {1, (*dialer).perfUp, false},
		"perf down":    {1, (*dialer).perfDown, false},
		"perf latency": {1, (*dialer).perfLatency, false},
		"perf setups":  {1, (*dialer).perfSetups, false},
		"idle":         {1, (*dialer).idle, true},
	}
	for words := 1; words <= 2 && words <= len(args); words++ {
		name = args[0]
		if words == 2 {
			name += " " + args[1]
		}
		found, known := tests[name]
		if !known {
			continue
		}
		rest = args[words:]
		if len(rest) != found.arguments {
			return "", test{}, nil, fmt.Errorf("%w: %s takes %d arguments", errUsage, name, found.arguments)
		}
		return name, found, rest, nil
	}
	return "", test{}, nil, fmt.Errorf("%w: unknown test %q", errUsage, args)
}

func runDial(args []string) error {
	var d dialer
	flags := flag.NewFlagSet("gopeer dial", flag.ContinueOnError)
	d.options.register(flags)
	flags.IntVar(&d.inFlight, "in-flight", 1, "perf setups: connections set up at the same time, each of its own identity")
	timeout := flags.Duration("timeout", 5*time.Minute, "give up after this long (not idle)")
	positional, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	if d.inFlight < 1 {
		return fmt.Errorf("%w: --in-flight must be at least 1", errUsage)
	}
	if len(positional) < 2 {
		return fmt.Errorf("%w: dial needs an address and a test", errUsage)
	}
	target, err := peer.AddrInfoFromString(positional[0])
	if err != nil {
		return fmt.Errorf("%w: %q: %v", errUsage, positional[0], err)
	}
	d.target = *target
	name, found, rest, err := lookUpTest(positional[1:])
	if err != nil {
		return err
	}

	ctx := context.Background()
	if !found.untimed {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, *timeout)
		defer cancel()
	}
	result, err := d.runBounded(ctx, found, rest)
	if err != nil {
		writeLine(fields{"event": "result", "test": name, "ok": false, "error": err.Error()})
		return err
	}
	result["test"], result["ok"] = name, true
	emit("result", result)
	return nil
}

// runBounded returns when the test does or when the context ends: a stuck stream must not hold the process.
func (d *dialer) runBounded(ctx context.Context, t test, args []string) (fields, error) {
	type outcome struct {
		result fields
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		result, err := t.run(d, ctx, args)
		done <- outcome{result, err}
	}()
	select {
	case o := <-done:
		return o.result, o.err
	case <-ctx.Done():
		return nil, fmt.Errorf("the test did not end in time: %w", ctx.Err())
	}
}

// connect starts a host and connects it to the target, identify included.
func (d *dialer) connect(ctx context.Context) (host.Host, error) {
	h, err := makeHost(d.options, "")
	if err != nil {
		return nil, err
	}
	if err := h.Connect(ctx, d.target); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

// withStream connects and hands the body one stream of the protocol.
func (d *dialer) withStream(ctx context.Context, name protocol.ID, body func(network.Stream) (fields, error)) (fields, error) {
	h, err := d.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	s, err := h.NewStream(ctx, d.target.ID, name)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return body(s)
}

// count reads a number of the command line that must be at least 1.
func count(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%w: %q is not a positive number", errUsage, text)
	}
	return n, nil
}
