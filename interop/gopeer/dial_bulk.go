package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"

	"github.com/libp2p/go-libp2p/core/network"
)

// bulkUp sends the generator's bytes to the sink and compares the sink's hash and length with its own.
func (d *dialer) bulkUp(ctx context.Context, args []string) (fields, error) {
	size, err := count(args[0])
	if err != nil {
		return nil, err
	}
	return d.withStream(ctx, sinkProtocol, func(s network.Stream) (fields, error) {
		seed, digest := rand.Uint64(), sha256.New()
		body := io.TeeReader(io.LimitReader(newGenerator(seed), int64(size)), digest)
		span := startMeter()
		if _, err := io.CopyBuffer(onlyWriter{s}, body, make([]byte, copyBuffer)); err != nil {
			return nil, err
		}
		if err := s.CloseWrite(); err != nil {
			return nil, err
		}
		var answer [40]byte
		if _, err := io.ReadFull(s, answer[:]); err != nil {
			return nil, fmt.Errorf("reading the sink's answer: %w", err)
		}
		if err := expectEnd(s); err != nil {
			return nil, err
		}
		if received := binary.BigEndian.Uint64(answer[32:]); received != uint64(size) {
			return nil, fmt.Errorf("the sink read %d bytes of %d", received, size)
		}
		return bulkResult(span, size, digest, answer[:32])
	})
}

// bulkDown asks the source for the bytes of a seed, compares each with the generator and checks the hash at the end.
func (d *dialer) bulkDown(ctx context.Context, args []string) (fields, error) {
	size, err := count(args[0])
	if err != nil {
		return nil, err
	}
	return d.withStream(ctx, sourceProtocol, func(s network.Stream) (fields, error) {
		seed, digest := rand.Uint64(), sha256.New()
		request := binary.BigEndian.AppendUint64(nil, uint64(size))
		request = binary.BigEndian.AppendUint64(request, seed)
		span := startMeter()
		if _, err := s.Write(request); err != nil {
			return nil, err
		}
		if err := s.CloseWrite(); err != nil {
			return nil, err
		}
		body := io.TeeReader(io.LimitReader(s, int64(size)), digest)
		received, err := io.CopyBuffer(newComparer(seed), onlyReader{body}, make([]byte, copyBuffer))
		if err != nil {
			return nil, err
		}
		if received != int64(size) {
			return nil, fmt.Errorf("the source sent %d bytes of %d", received, size)
		}
		var theirs [32]byte
		if _, err := io.ReadFull(s, theirs[:]); err != nil {
			return nil, fmt.Errorf("reading the source's hash: %w", err)
		}
		if err := expectEnd(s); err != nil {
			return nil, err
		}
		return bulkResult(span, size, digest, theirs[:])
	})
}

func bulkResult(span meter, size int, ours hash.Hash, theirs []byte) (fields, error) {
	digest := ours.Sum(nil)
	if !bytes.Equal(digest, theirs) {
		return nil, fmt.Errorf("hash differs: %x here, %x there", digest, theirs)
	}
	result := fields{"bytes": size, "sha256": hex.EncodeToString(digest)}
	result["mib_per_second"] = float64(size) / (1 << 20) / span.stop(result)
	return result, nil
}

// expectEnd reads the end of the stream, with nothing before it.
func expectEnd(s io.Reader) error {
	var extra [1]byte
	n, err := s.Read(extra[:])
	if n != 0 {
		return errors.New("the peer sent more than it should")
	}
	if err != io.EOF {
		return fmt.Errorf("waiting for the end of the stream: %w", err)
	}
	return nil
}
