package main

import (
	"flag"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/p2p/discover/v5wire"
	"github.com/ethereum/go-ethereum/p2p/enode"
)

type benchOptions struct {
	to       string
	count    int
	inFlight int
}

func runBench(args []string) error {
	if len(args) == 0 || args[0] != "handshakes" && args[0] != "pings" {
		return fmt.Errorf("%w: bench is of handshakes or pings", errUsage)
	}
	var options benchOptions
	flags := flag.NewFlagSet("gethdisc bench "+args[0], flag.ContinueOnError)
	flags.StringVar(&options.to, "to", "", "record of the listener")
	flags.IntVar(&options.count, "count", 1000, "how many")
	flags.IntVar(&options.inFlight, "in-flight", 1, "how many at a time")
	if err := parseFlags(flags, args[1:]); err != nil {
		return err
	}
	target, err := parseRecord(options.to)
	if err != nil {
		return fmt.Errorf("%w: --to: %v", errUsage, err)
	}
	if options.count < 1 || options.inFlight < 1 {
		return fmt.Errorf("%w: --count and --in-flight are at least 1", errUsage)
	}
	bench := benchPings
	if args[0] == "handshakes" {
		bench = benchHandshakes
	}
	result, samples, err := bench(target, options)
	if err != nil {
		return err
	}
	result["test"], result["count"], result["ok"] = args[0], options.count, len(samples)
	latencies(result, samples)
	emit("result", result)
	if len(samples) == 0 {
		return errNoAnswer
	}
	return nil
}

// benchHandshakes has one socket for each handshake in flight, which all its identities use in turn: a session is of an
// identity and an endpoint. The identities are made, and their records signed, before the clock starts.
func benchHandshakes(target *enode.Node, options benchOptions) (fields, []time.Duration, error) {
	db, err := enode.OpenDB("")
	if err != nil {
		return nil, nil, err
	}
	turns := make([][]*dialler, options.inFlight)
	for i := range turns {
		socket, _, err := listenUDP("127.0.0.1", 0)
		if err != nil {
			return nil, nil, err
		}
		defer socket.Close()
		share := (options.count + i) / options.inFlight
		if turns[i], err = makeDiallers(db, socket, target, share); err != nil {
			return nil, nil, err
		}
	}
	var samples []time.Duration
	var lock sync.Mutex
	var running sync.WaitGroup
	span := startMeter()
	for _, diallers := range turns {
		running.Go(func() {
			times := shakeHands(diallers)
			lock.Lock()
			defer lock.Unlock()
			samples = append(samples, times...)
		})
	}
	running.Wait()
	result := fields{}
	span.stop(result)
	return result, samples, nil
}

// makeDiallers makes many at a time: go-ethereum waits a millisecond before it signs a record.
func makeDiallers(db *enode.DB, socket *net.UDPConn, target *enode.Node, count int) ([]*dialler, error) {
	const together = 64
	diallers := make([]*dialler, count)
	errs := make([]error, together)
	var running sync.WaitGroup
	for first := range together {
		running.Go(func() {
			for i := first; i < count && errs[first] == nil; i += together {
				diallers[i], errs[first] = newDialler(db, socket, target)
			}
		})
	}
	running.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return diallers, nil
}

// shakeHands gives the time of each handshake that succeeded.
func shakeHands(diallers []*dialler) []time.Duration {
	var times []time.Duration
	for _, d := range diallers {
		start := time.Now()
		if d.handshake() == nil {
			times = append(times, time.Since(start))
		}
	}
	return times
}

// benchPings keeps so many PINGs in flight in one session. What is not answered within a second is lost.
func benchPings(target *enode.Node, options benchOptions) (fields, []time.Duration, error) {
	db, err := enode.OpenDB("")
	if err != nil {
		return nil, nil, err
	}
	socket, _, err := listenUDP("127.0.0.1", 0)
	if err != nil {
		return nil, nil, err
	}
	defer socket.Close()
	d, err := newDialler(db, socket, target)
	if err != nil {
		return nil, nil, err
	}
	if err := d.handshake(); err != nil {
		return nil, nil, err
	}
	result := fields{}
	span := startMeter()
	samples, err := d.pings(options.count, options.inFlight)
	span.stop(result)
	return result, samples, err
}

// pings gives the round trip times of those that were answered.
func (d *dialler) pings(count, inFlight int) ([]time.Duration, error) {
	type flying struct {
		ping *v5wire.Ping
		sent time.Time
	}
	var samples []time.Duration
	waiting := map[string]flying{}
	for sent := 0; sent < count || len(waiting) > 0; {
		for ; sent < count && len(waiting) < inFlight; sent++ {
			next := flying{d.newPing(), time.Now()}
			waiting[string(next.ping.ReqID)] = next
			if _, err := d.send(next.ping, nil); err != nil {
				return nil, err
			}
		}
		packet, err := d.receive(time.Now().Add(answerTimeout))
		if err != nil {
			clear(waiting)
			continue
		}
		switch answer := packet.(type) {
		case *v5wire.Pong:
			if pinged, found := waiting[string(answer.ReqID)]; found {
				samples = append(samples, time.Since(pinged.sent))
				delete(waiting, string(answer.ReqID))
			}
		case *v5wire.Whoareyou: // the target has forgotten the session: any PING makes a new one
			if _, err := d.send(d.newPing(), answer); err != nil {
				return nil, err
			}
		}
	}
	return samples, nil
}
