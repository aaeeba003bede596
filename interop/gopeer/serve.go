package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"log"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
)

const copyBuffer = 64 << 10

// serveProtocols registers what a listener answers beside identify and ping.
func serveProtocols(h host.Host) {
	serve(h, echoProtocol, serveEcho)
	serve(h, sinkProtocol, serveSink)
	serve(h, sourceProtocol, serveSource)
	serve(h, perfProtocol, servePerf)
}

// serve closes the stream when the handler succeeds and resets it when it fails.
func serve(h host.Host, name protocol.ID, handle func(network.Stream) error) {
	h.SetStreamHandler(name, func(s network.Stream) {
		if err := handle(s); err != nil {
			log.Printf("%s from %s: %v", name, s.Conn().RemotePeer(), err)
			s.Reset()
			return
		}
		s.Close()
	})
}

func serveEcho(s network.Stream) error {
	_, err := io.CopyBuffer(onlyWriter{s}, onlyReader{s}, make([]byte, copyBuffer))
	return err
}

func serveSink(s network.Stream) error {
	hash := sha256.New()
	size, err := io.CopyBuffer(hash, onlyReader{s}, make([]byte, copyBuffer))
	if err != nil {
		return err
	}
	answer := binary.BigEndian.AppendUint64(hash.Sum(nil), uint64(size))
	if _, err := s.Write(answer); err != nil {
		return err
	}
	emit("sink", fields{"peer": s.Conn().RemotePeer().String(), "bytes": size, "sha256": hex.EncodeToString(answer[:32])})
	return nil
}

func serveSource(s network.Stream) error {
	var request [16]byte
	if _, err := io.ReadFull(s, request[:]); err != nil {
		return err
	}
	size := binary.BigEndian.Uint64(request[:8])
	seed := binary.BigEndian.Uint64(request[8:])
	hash := sha256.New()
	body := io.TeeReader(io.LimitReader(newGenerator(seed), int64(size)), hash)
	if _, err := io.CopyBuffer(onlyWriter{s}, body, make([]byte, copyBuffer)); err != nil {
		return err
	}
	digest := hash.Sum(nil)
	if _, err := s.Write(digest); err != nil {
		return err
	}
	emit("source", fields{"peer": s.Conn().RemotePeer().String(), "bytes": size, "sha256": hex.EncodeToString(digest)})
	return nil
}

func servePerf(s network.Stream) error {
	var request [8]byte
	if _, err := io.ReadFull(s, request[:]); err != nil {
		return err
	}
	buffer := make([]byte, copyBuffer)
	if _, err := io.CopyBuffer(io.Discard, onlyReader{s}, buffer); err != nil {
		return err
	}
	return writeZeros(s, binary.BigEndian.Uint64(request[:]))
}

// writeZeros sends size zero bytes in pieces of copyBuffer.
func writeZeros(s network.Stream, size uint64) error {
	zeros := make([]byte, copyBuffer)
	for size > 0 {
		n, err := s.Write(zeros[:min(size, copyBuffer)])
		if err != nil {
			return err
		}
		size -= uint64(n)
	}
	return nil
}

// onlyReader and onlyWriter hide a type's ReadFrom and WriteTo, so that io.CopyBuffer uses the buffer it is given.
type onlyReader struct{ io.Reader }
type onlyWriter struct{ io.Writer }
