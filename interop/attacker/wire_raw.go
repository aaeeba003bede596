package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/sec"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	manet "github.com/multiformats/go-multiaddr/net"
)

// target is whom a connection that is made by hand goes to, and where from: each layer has its own function, so that an
// attack can stop, or go slow, between any two of them.
type target struct {
	id   peer.ID
	addr string
	from net.IP
	key  crypto.PrivKey
}

// target of the command, as the identity that it names, or as nobody in particular.
func (a args) target() (target, error) {
	info, err := peer.AddrInfoFromString(a.To)
	if err != nil {
		return target{}, err
	}
	addr, err := manet.ToNetAddr(info.Addrs[0])
	if err != nil {
		return target{}, err
	}
	made := target{id: info.ID, addr: addr.String(), from: net.ParseIP(a.IP)}
	if a.As == "" {
		return made.asNewcomer()
	}
	host, err := a.host(a.As)
	if err == nil {
		made.key = host.Peerstore().PrivKey(host.ID())
	}
	return made, err
}

// asNewcomer is the same with an identity that nobody has seen before.
func (t target) asNewcomer() (target, error) {
	key, _, err := crypto.GenerateSecp256k1Key(rand.Reader)
	t.key = key
	return t, err
}

func (t target) dial(ctx context.Context) (*net.TCPConn, error) {
	dialer := net.Dialer{Timeout: dialTimeout}
	if t.from != nil {
		dialer.LocalAddr = &net.TCPAddr{IP: t.from}
	}
	conn, err := dialer.DialContext(ctx, "tcp", t.addr)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { conn.Close() })
	return conn.(*net.TCPConn), nil
}

// secured is past the noise handshake. A peer that turns us away does so afterwards.
func (t target) secured(ctx context.Context) (sec.SecureConn, *net.TCPConn, error) {
	conn, err := t.dial(ctx)
	if err != nil {
		return nil, nil, err
	}
	secured, err := t.secure(ctx, conn)
	if err != nil {
		conn.Close()
	}
	return secured, conn, err
}

func (t target) secure(ctx context.Context, conn net.Conn) (sec.SecureConn, error) {
	if err := agree(conn, noise.ID); err != nil {
		return nil, err
	}
	transport, err := noise.New(noise.ID, t.key, nil)
	if err != nil {
		return nil, err
	}
	return transport.SecureOutbound(ctx, conn, t.id)
}

// muxed is a connection on which yamux may begin.
func (t target) muxed(ctx context.Context) (sec.SecureConn, *net.TCPConn, error) {
	secured, conn, err := t.secured(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := agree(secured, yamuxID); err != nil {
		conn.Close()
		return nil, nil, err
	}
	return secured, conn, nil
}

const (
	yamuxID       = "/yamux/1.0.0"
	multistreamID = "/multistream/1.0.0"
	stageTimeout  = 10 * time.Second
)

// token is a multistream message; all of ours are shorter than 128 bytes.
func token(text string) []byte {
	return append([]byte{byte(len(text) + 1)}, text+"\n"...)
}

// agree on a protocol, with what we say in one piece.
func agree(conn net.Conn, protocol string) error {
	conn.SetDeadline(time.Now().Add(stageTimeout))
	defer conn.SetDeadline(time.Time{})
	if _, err := conn.Write(slices.Concat(token(multistreamID), token(protocol))); err != nil {
		return err
	}
	for _, wanted := range []string{multistreamID, protocol} {
		answer := make([]byte, len(token(wanted)))
		if _, err := io.ReadFull(conn, answer); err != nil {
			return err
		}
		if string(answer) != string(token(wanted)) {
			return fmt.Errorf("%q was answered with %q", wanted, answer)
		}
	}
	return nil
}

// drip writes byte by byte, with that pause between two; no pause means that nothing is said at all.
func drip(ctx context.Context, conn io.Writer, bytes []byte, pause time.Duration) {
	if pause == 0 {
		return
	}
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for i := range bytes {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if _, err := conn.Write(bytes[i : i+1]); err != nil {
			return
		}
	}
}

// waitForEnd reads until the other side ends the connection, and says how. It is forgotten with ctx.
func waitForEnd(ctx context.Context, conn net.Conn) (string, error) {
	_, err := io.Copy(io.Discard, bufio.NewReader(conn))
	if ctx.Err() != nil {
		return "", errors.New("it was still open")
	}
	if err == nil {
		return "closed", nil
	}
	return err.Error(), nil
}
