package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
)

// identify connects and reports what the listener's identify message said.
func (d *dialer) identify(ctx context.Context, _ []string) (fields, error) {
	h, err := makeHost(d.options, "")
	if err != nil {
		return nil, err
	}
	defer h.Close()
	sub, err := h.EventBus().Subscribe([]any{
		new(event.EvtPeerIdentificationCompleted), new(event.EvtPeerIdentificationFailed),
	})
	if err != nil {
		return nil, err
	}
	defer sub.Close()
	span := startMeter()
	if err := h.Connect(ctx, d.target); err != nil {
		return nil, err
	}
	select {
	case e := <-sub.Out():
		learned, completed := e.(event.EvtPeerIdentificationCompleted)
		if !completed {
			return nil, fmt.Errorf("identify failed: %w", e.(event.EvtPeerIdentificationFailed).Reason)
		}
		result := describe(learned)
		span.stop(result)
		return result, nil
	case <-ctx.Done():
		return nil, errors.New("no identify message came")
	}
}

func describe(learned event.EvtPeerIdentificationCompleted) fields {
	addrs := []string{}
	for _, addr := range learned.ListenAddrs {
		addrs = append(addrs, addr.String())
	}
	protocols := []string{}
	for _, name := range learned.Protocols {
		protocols = append(protocols, string(name))
	}
	slices.Sort(protocols)
	result := fields{
		"id": learned.Peer.String(), "agent": learned.AgentVersion, "protocol_version": learned.ProtocolVersion,
		"protocols": protocols, "addrs": addrs, "signed_record": learned.SignedPeerRecord != nil,
		"key_type": learned.Conn.RemotePublicKey().Type().String(),
	}
	if learned.ObservedAddr != nil {
		result["observed"] = learned.ObservedAddr.String()
	}
	state := learned.Conn.ConnState()
	result["security"], result["muxer"] = string(state.Security), string(state.StreamMultiplexer)
	result["early_muxer"] = state.UsedEarlyMuxerNegotiation
	return result
}

// ping makes N round trips on one stream.
func (d *dialer) ping(ctx context.Context, args []string) (fields, error) {
	n, err := count(args[0])
	if err != nil {
		return nil, err
	}
	h, err := d.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	result := fields{"count": n}
	ctx, stop := context.WithCancel(network.WithNoDial(ctx, "already connected"))
	defer stop()
	span := startMeter()
	var samples []time.Duration
	for answer := range ping.Ping(ctx, h, d.target.ID) {
		if answer.Error != nil {
			return nil, fmt.Errorf("ping %d: %w", len(samples)+1, answer.Error)
		}
		if samples = append(samples, answer.RTT); len(samples) == n {
			break
		}
	}
	if len(samples) < n {
		return nil, fmt.Errorf("only %d of %d pings were answered", len(samples), n)
	}
	span.stop(result)
	latencies(result, samples)
	return result, nil
}
