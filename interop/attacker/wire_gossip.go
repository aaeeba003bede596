package main

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	"github.com/multiformats/go-multiaddr"
)

// RPCs as they come, from a peer that may not read what it is sent.
func init() { register("wire.rpcs", rpcs) }

type rpcsArgs struct {
	Rpcs    []string `json:"rpcs"`     // each the hex of a protobuf
	PauseMs int      `json:"pause_ms"` // between two
	Deaf    string   `json:"deaf"`     // "stream": gossip is not read; "socket": nothing is
}

// rpcs sends them, then stays until it is stopped or disconnected.
func rpcs(ctx context.Context, a args) (fields, error) {
	var asked rpcsArgs
	if err := a.into(&asked); err != nil {
		return nil, err
	}
	if asked.Deaf == "socket" {
		return deafRpcs(ctx, a, asked)
	}
	host, err := a.host(a.As)
	if err != nil {
		return nil, err
	}
	var heard atomic.Int64
	host.SetStreamHandler(gossipProtocol, func(stream network.Stream) {
		if asked.Deaf == "stream" {
			<-ctx.Done()
		} else {
			read, _ := io.Copy(io.Discard, stream)
			heard.Add(read)
		}
		stream.Reset()
	})
	conn, err := a.connection(ctx)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	stream, err := host.NewStream(ctx, conn.RemotePeer(), gossipProtocol)
	if err != nil {
		return nil, err
	}
	defer stream.Reset()
	sent, err := sendRpcs(ctx, stream, asked)
	if err != nil {
		return fields{"sent": sent, "lost": conn.IsClosed(), "seconds": time.Since(began).Seconds()}, nil
	}
	emit("rpcs_sent", fields{"as": a.As, "sent": sent})
	for ctx.Err() == nil && !conn.IsClosed() {
		time.Sleep(20 * time.Millisecond)
	}
	return fields{"sent": sent, "lost": conn.IsClosed(), "heard": heard.Load(), "seconds": time.Since(began).Seconds()}, nil
}

func sendRpcs(ctx context.Context, to io.Writer, asked rpcsArgs) (int, error) {
	for sent, text := range asked.Rpcs {
		rpc, err := hex.DecodeString(text)
		if err != nil {
			return sent, err
		}
		if _, err := to.Write(append(binary.AppendUvarint(nil, uint64(len(rpc))), rpc...)); err != nil {
			return sent, err
		}
		select {
		case <-ctx.Done():
			return sent + 1, ctx.Err()
		case <-time.After(time.Duration(asked.PauseMs) * time.Millisecond):
		}
	}
	return len(asked.Rpcs), nil
}

// deafRpcs does the same as a host that, once all is said, never reads from its socket again. Its windows are so wide
// that the socket is full long before them. A word of its own, now and then, finds out whether the connection stands.
func deafRpcs(ctx context.Context, a args, asked rpcsArgs) (fields, error) {
	known, err := a.host(a.As)
	if err != nil {
		return nil, err
	}
	info, err := peer.AddrInfoFromString(a.To)
	if err != nil {
		return nil, err
	}
	ears := &ears{}
	host, err := newDeafHost(known.Peerstore().PrivKey(known.ID()), ears)
	if err != nil {
		return nil, err
	}
	defer host.Close()
	greeted := make(chan struct{}, 1)
	host.SetStreamHandler(gossipProtocol, func(stream network.Stream) {
		io.ReadFull(stream, make([]byte, 1))
		greeted <- struct{}{}
	})
	if err := host.Connect(ctx, *info); err != nil {
		return nil, err
	}
	stream, err := host.NewStream(ctx, info.ID, gossipProtocol)
	if err != nil {
		return nil, err
	}
	sent, err := sendRpcs(ctx, stream, asked)
	if err != nil {
		return nil, err
	}
	select {
	case <-greeted:
	case <-time.After(stageTimeout):
		return nil, errors.New("the other side has opened no stream for gossip")
	}
	ears.closed.Store(true)
	began := time.Now()
	emit("rpcs_sent", fields{"as": a.As, "sent": sent})
	for ctx.Err() == nil {
		if _, err := stream.Write([]byte{0}); err != nil {
			return fields{"sent": sent, "lost": true, "seconds": time.Since(began).Seconds(), "why": err.Error()}, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fields{"sent": sent, "lost": false, "seconds": time.Since(began).Seconds()}, nil
}

// ears of a host, which can be closed for good.
type ears struct{ closed atomic.Bool }

type deafConn struct {
	*net.TCPConn
	ears *ears
	done chan struct{}
	once sync.Once
}

func (c *deafConn) Read(into []byte) (int, error) {
	read, err := c.TCPConn.Read(into)
	if c.ears.closed.Load() {
		<-c.done
		return 0, net.ErrClosed
	}
	return read, err
}

func (c *deafConn) Close() error {
	c.once.Do(func() { close(c.done) })
	return c.TCPConn.Close()
}

func (e *ears) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	tcp := conn.(*net.TCPConn)
	tcp.SetReadBuffer(4096)
	return &deafConn{TCPConn: tcp, ears: e, done: make(chan struct{})}, nil
}

func newDeafHost(key crypto.PrivKey, e *ears) (host.Host, error) {
	dialer := func(multiaddr.Multiaddr) (tcp.ContextDialer, error) { return e, nil }
	config := *yamux.DefaultTransport
	config.InitialStreamWindowSize = config.MaxStreamWindowSize
	return libp2p.New(libp2p.Identity(key), libp2p.Transport(tcp.NewTCPTransport, tcp.DisableReuseport(), tcp.WithDialerForAddr(dialer)),
		libp2p.Security(noise.ID, noise.New), libp2p.Muxer(yamux.ID, &config), libp2p.NoListenAddrs,
		libp2p.ResourceManager(&network.NullResourceManager{}), libp2p.DisableRelay(), libp2p.DisableMetrics())
}
