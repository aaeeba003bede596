package main

import (
	"context"
	"encoding/binary"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// Questions without end: for blocks by number, and for who we are.
func init() {
	register("wire.requests", requests)
	register("wire.identify_flood", identifyFlood)
	register("wire.push_flood", pushFlood)
	register("wire.identify_answer", identifyAnswer)
}

type floodArgs struct {
	Protocol string `json:"protocol"`
	Number   uint64 `json:"number"`  // requests: of the block
	Workers  int    `json:"workers"` // that many streams at once
	Seconds  int    `json:"seconds"`
	Count    int    `json:"count"` // rather than seconds
	Parts    int    `json:"parts"` // of an identify message
	Size     int    `json:"size"`  // of each
	Deaf     bool   `json:"deaf"`  // answers are not read
}

// tally is what came of many streams.
type tally struct {
	asked, broken, bytes atomic.Int64
	answers              [5]atomic.Int64 // by their first byte; above 3 are put together
}

func (t *tally) fields() fields {
	answers := []int64{}
	for i := range t.answers {
		answers = append(answers, t.answers[i].Load())
	}
	return fields{"asked": t.asked.Load(), "broken": t.broken.Load(), "bytes": t.bytes.Load(), "answers": answers}
}

// flood has the workers use one stream after the other, until the time or the count is over.
func flood(ctx context.Context, a args, asked floodArgs, use func(network.Stream, *tally) error) (fields, error) {
	conn, err := a.connection(ctx)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if asked.Seconds > 0 {
		limited, stop := context.WithTimeout(ctx, time.Duration(asked.Seconds)*time.Second)
		defer stop()
		ctx = limited
	}
	var counted tally
	var workers sync.WaitGroup
	for range asked.Workers {
		workers.Go(func() {
			for ctx.Err() == nil && !conn.IsClosed() {
				if n := counted.asked.Add(1); asked.Count > 0 && n > int64(asked.Count) {
					counted.asked.Add(-1)
					return
				}
				if err := useStream(ctx, conn, asked.Protocol, &counted, use); err != nil {
					counted.broken.Add(1)
				}
			}
		})
	}
	workers.Wait()
	told := counted.fields()
	told["seconds"], told["lost"] = time.Since(began).Seconds(), conn.IsClosed()
	return told, nil
}

// useStream gives up with ctx; what is under way then is not counted as broken.
func useStream(ctx context.Context, conn network.Conn, name string, counted *tally, use func(network.Stream, *tally) error) error {
	stream, err := conn.NewStream(ctx)
	if err != nil {
		return err
	}
	defer stream.Reset()
	stop := context.AfterFunc(ctx, func() { stream.Reset() })
	defer stop()
	stream.SetDeadline(time.Now().Add(25 * time.Second))
	if _, err = stream.Write(append(token(multistreamID), token(name)...)); err == nil {
		err = use(stream, counted)
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// skipAgreement reads the answers of multistream.
func skipAgreement(stream io.Reader, name string) error {
	_, err := io.ReadFull(stream, make([]byte, len(token(multistreamID))+len(token(name))))
	return err
}

func requests(ctx context.Context, a args) (fields, error) {
	var asked floodArgs
	if err := a.into(&asked); err != nil {
		return nil, err
	}
	return flood(ctx, a, asked, func(stream network.Stream, counted *tally) error {
		request := binary.LittleEndian.AppendUint64(nil, asked.Number)
		if _, err := stream.Write(request); err != nil {
			return err
		}
		stream.CloseWrite()
		if err := skipAgreement(stream, asked.Protocol); err != nil {
			return err
		}
		answer, err := io.ReadAll(stream)
		if err != nil || len(answer) == 0 {
			return io.ErrUnexpectedEOF
		}
		counted.answers[min(int(answer[0]), len(counted.answers)-1)].Add(1)
		counted.bytes.Add(int64(len(answer)))
		return nil
	})
}

// identifyFlood asks who the other side is, over and over.
func identifyFlood(ctx context.Context, a args) (fields, error) {
	var asked floodArgs
	if err := a.into(&asked); err != nil {
		return nil, err
	}
	asked.Protocol = identifyID
	return flood(ctx, a, asked, func(stream network.Stream, counted *tally) error {
		if asked.Deaf {
			return nil
		}
		read, err := io.Copy(io.Discard, stream)
		counted.bytes.Add(read)
		return err
	})
}

const (
	identifyID = "/ipfs/id/1.0.0"
	pushID     = "/ipfs/id/push/1.0.0"
)

// pushFlood tells who we are, over and over, in messages of that many parts.
func pushFlood(ctx context.Context, a args) (fields, error) {
	var asked floodArgs
	if err := a.into(&asked); err != nil {
		return nil, err
	}
	asked.Protocol = pushID
	message := identifyMessage(asked.Parts, asked.Size)
	return flood(ctx, a, asked, func(stream network.Stream, counted *tally) error {
		if _, err := stream.Write(message); err != nil {
			return err
		}
		counted.bytes.Add(int64(len(message)))
		stream.CloseWrite()
		if err := skipAgreement(stream, asked.Protocol); err != nil {
			return err
		}
		_, err := io.Copy(io.Discard, stream)
		return err
	})
}

// identifyMessage lists made-up protocols and addresses, so many bytes of them in each part.
func identifyMessage(parts, size int) []byte {
	var message []byte
	for part := range parts {
		var body []byte
		for i := 0; len(body)+64 < size; i++ {
			name := []byte("/made/up/0000/0000")
			copy(name[9:], []byte{'a' + byte(part%26), 'a' + byte(i%26), 'a' + byte(i/26%26), 'a' + byte(i/676%26)})
			body = append(append(body, 3<<3|2, byte(len(name))), name...)
			address := []byte{4, 10, byte(part), byte(i >> 8), byte(i), 6, 0x23, 0x28} // /ip4/10…/tcp/9000
			body = append(append(body, 2<<3|2, byte(len(address))), address...)
		}
		message = append(binary.AppendUvarint(message, uint64(len(body))), body...)
	}
	return message
}

// identifyAnswer has the identity answer the other side's question with that many parts, and dials it.
func identifyAnswer(ctx context.Context, a args) (fields, error) {
	var asked floodArgs
	if err := a.into(&asked); err != nil {
		return nil, err
	}
	host, err := a.host(a.As)
	if err != nil {
		return nil, err
	}
	message := identifyMessage(asked.Parts, asked.Size)
	written := make(chan int, 1)
	host.SetStreamHandler(protocol.ID(identifyID), func(stream network.Stream) {
		n, _ := stream.Write(message)
		stream.CloseWrite()
		io.Copy(io.Discard, stream)
		stream.Reset()
		written <- n
	})
	conn, err := a.connection(ctx)
	if err != nil {
		return nil, err
	}
	select {
	case n := <-written:
		return fields{"bytes": n, "lost": conn.IsClosed()}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
