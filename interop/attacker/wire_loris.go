package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
)

// Each comes as far as its stage, and then says its next message one byte each drip_ms, or nothing at all.
func init() { register("wire.loris", loris) }

type lorisArgs struct {
	Stage  string `json:"stage"`
	DripMs int    `json:"drip_ms"`
}

// Long enough for any deadline: the messages never end.
const slowMessage = 1 << 12

var lorisStages = map[string]func(ctx context.Context, t target) (net.Conn, []byte, error){
	"multistream": lorisAtMultistream,
	"noise_1":     lorisAtFirstMessage,
	"noise_3":     lorisAtThirdMessage,
	"muxer":       lorisAtMuxer,
	"yamux":       lorisAtYamux,
}

// loris tells how long it took the other side to have enough, and how it showed that.
func loris(ctx context.Context, a args) (fields, error) {
	var asked lorisArgs
	if err := a.into(&asked); err != nil {
		return nil, err
	}
	stage, known := lorisStages[asked.Stage]
	if !known {
		return nil, fmt.Errorf("stage %q is unknown", asked.Stage)
	}
	t, err := a.target()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	conn, message, err := stage(ctx, t)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	go drip(ctx, conn, message, time.Duration(asked.DripMs)*time.Millisecond)
	end, err := waitForEnd(ctx, conn)
	return fields{"stage": asked.Stage, "seconds": time.Since(began).Seconds(), "end": end}, err
}

// A token as long as one may be, so that it is never wrong.
func lorisAtMultistream(ctx context.Context, t target) (net.Conn, []byte, error) {
	conn, err := t.dial(ctx)
	return conn, append([]byte{0x80, 0x08}, bytes.Repeat([]byte{'/'}, slowMessage)...), err
}

func lorisAtFirstMessage(ctx context.Context, t target) (net.Conn, []byte, error) {
	conn, err := t.dial(ctx)
	if err != nil {
		return nil, nil, err
	}
	return conn, slowNoiseMessage(), agree(conn, noise.ID)
}

// The ephemeral key is a random one; what it is for is never needed.
func lorisAtThirdMessage(ctx context.Context, t target) (net.Conn, []byte, error) {
	conn, err := t.dial(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := agree(conn, noise.ID); err != nil {
		return nil, nil, err
	}
	first := make([]byte, 2+32)
	rand.Read(first[2:])
	first[1] = 32
	if _, err := conn.Write(first); err != nil {
		return nil, nil, err
	}
	length := make([]byte, 2)
	if _, err := io.ReadFull(conn, length); err != nil {
		return nil, nil, err
	}
	second := make([]byte, int(length[0])<<8|int(length[1]))
	_, err = io.ReadFull(conn, second)
	return conn, slowNoiseMessage(), err
}

func slowNoiseMessage() []byte { return append([]byte{0x0f, 0xff}, make([]byte, slowMessage)...) }

func lorisAtMuxer(ctx context.Context, t target) (net.Conn, []byte, error) {
	conn, _, err := t.secured(ctx)
	return conn, slices.Concat(token(multistreamID), []byte{0x80, 0x08}, bytes.Repeat([]byte{'/'}, slowMessage)), err
}

// Pings, in slow motion; nothing else is ever answered.
func lorisAtYamux(ctx context.Context, t target) (net.Conn, []byte, error) {
	conn, _, err := t.muxed(ctx)
	return conn, bytes.Repeat(frame{kind: framePing, flags: flagSyn}.bytes(), slowMessage/frameSize), err
}

func init() { register("wire.identify_loris", identifyLoris) }

// identifyLoris tells who it is one byte each drip_ms, and how long the other side listened.
func identifyLoris(ctx context.Context, a args) (fields, error) {
	var asked lorisArgs
	if err := a.into(&asked); err != nil {
		return nil, err
	}
	host, err := a.host(a.As)
	if err != nil {
		return nil, err
	}
	ended := make(chan time.Duration, 1)
	host.SetStreamHandler(identifyID, func(stream network.Stream) {
		began := time.Now()
		drip(ctx, stream, append([]byte{0x80, 0x20}, make([]byte, slowMessage)...), time.Duration(asked.DripMs)*time.Millisecond)
		stream.Reset()
		ended <- time.Since(began)
	})
	conn, err := a.connection(ctx)
	if err != nil {
		return nil, err
	}
	select {
	case took := <-ended:
		return fields{"stage": "identify", "seconds": took.Seconds(), "lost": conn.IsClosed()}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
