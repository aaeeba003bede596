package main

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
	"sync/atomic"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// Blocks by number, as they are or not quite.
func init() { register("wire.serve", serve) }

const oversizedBody = 11 << 20

type serveArgs struct {
	Protocol string            `json:"protocol"`
	Blocks   map[string]string `json:"blocks"` // by number, the hex of 65 bytes of signature and the SSZ of an envelope
	Form     string            `json:"form"`
}

// serveForms change the framed body. The bytes of an answer before it are always right.
var serveForms = map[string]func(ssz []byte) []byte{
	"honest":     frameSnappy,
	"wrong_hash": func(ssz []byte) []byte { ssz[len(ssz)-1] ^= 1; return frameSnappy(ssz) },
	"truncated":  func(ssz []byte) []byte { framed := frameSnappy(ssz); return framed[:len(framed)/2] },
	"bomb":       func([]byte) []byte { return frameSnappy(make([]byte, oversizedBody)) },
}

// serve answers until it is stopped. It tells how often it was asked; "asked" is the first time.
func serve(ctx context.Context, a args) (fields, error) {
	var asked serveArgs
	if err := a.into(&asked); err != nil {
		return nil, err
	}
	form, known := serveForms[asked.Form]
	if !known {
		return nil, fmt.Errorf("form %q is unknown", asked.Form)
	}
	host, err := a.host(a.As)
	if err != nil {
		return nil, err
	}
	var times atomic.Int64
	host.SetStreamHandler(protocol.ID(asked.Protocol), func(stream network.Stream) {
		defer stream.Close()
		var number [8]byte
		if _, err := io.ReadFull(stream, number[:]); err != nil {
			return
		}
		if times.Add(1) == 1 {
			emit("asked", fields{"as": a.As})
		}
		plain, err := hex.DecodeString(asked.Blocks[strconv.FormatUint(binary.LittleEndian.Uint64(number[:]), 10)])
		if err != nil || len(plain) == 0 {
			stream.Write([]byte{1}) // not found
			return
		}
		stream.Write(append([]byte{0, 1, 0, 0, 0}, form(plain[65:])...))
	})
	conn, err := a.connection(ctx)
	if err != nil {
		return nil, err
	}
	<-ctx.Done()
	return fields{"times": times.Load(), "lost": conn.IsClosed()}, nil
}

const snappyChunk = 1 << 16

// frameSnappy leaves the bytes uncompressed.
func frameSnappy(body []byte) []byte {
	framed := []byte("\xff\x06\x00\x00sNaPpY")
	for len(body) > 0 {
		piece := body[:min(len(body), snappyChunk)]
		body = body[len(piece):]
		sum := crc32.Checksum(piece, crc32.MakeTable(crc32.Castagnoli))
		size := len(piece) + 4
		framed = append(framed, 1, byte(size), byte(size>>8), byte(size>>16))
		framed = binary.LittleEndian.AppendUint32(framed, (sum>>15|sum<<17)+0xa282ead8)
		framed = append(framed, piece...)
	}
	return framed
}
