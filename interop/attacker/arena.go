package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/connmgr"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	"github.com/multiformats/go-multiaddr"
)

const dialTimeout = 5 * time.Second

// arena holds the attacker's identities, by name. A name keeps its key, so it comes back as who it was.
type arena struct {
	lock  sync.Mutex
	known map[string]*identity
}

type identity struct {
	host host.Host
	from *origin
}

// origin is the address of ours that an identity dials from.
type origin struct {
	lock sync.Mutex
	ip   net.IP
}

// prepare is done to each host before it dials anybody. Files with attacks append to it in their init functions what
// others may say to them.
var prepare []func(host.Host)

func newArena() *arena { return &arena{known: map[string]*identity{}} }

func (a *arena) identity(name string) (peer.ID, error) {
	known, err := a.get(name)
	if err != nil {
		return "", err
	}
	return known.host.ID(), nil
}

// host is the identity's, to be dialled with, or to open streams on its connections.
func (a *arena) host(name string) (host.Host, error) {
	known, err := a.get(name)
	if err != nil {
		return nil, err
	}
	return known.host, nil
}

func (a *arena) get(name string) (*identity, error) {
	a.lock.Lock()
	defer a.lock.Unlock()
	if known := a.known[name]; known != nil {
		return known, nil
	}
	made, err := newIdentity(name)
	if err == nil {
		a.known[name] = made
	}
	return made, err
}

// newIdentity makes a host that only dials, without any limit. It serves identify, and ping.
func newIdentity(name string) (*identity, error) {
	key, _, err := crypto.GenerateSecp256k1Key(rand.Reader)
	if err != nil {
		return nil, err
	}
	from := &origin{}
	h, err := libp2p.New(
		libp2p.Identity(key),
		libp2p.UserAgent("opwire-attacker"),
		libp2p.Transport(tcp.NewTCPTransport, tcp.DisableReuseport(), tcp.WithDialerForAddr(from.dialer)),
		libp2p.Security(noise.ID, noise.New),
		libp2p.Muxer(yamux.ID, yamux.DefaultTransport),
		libp2p.NoListenAddrs,
		libp2p.ResourceManager(&network.NullResourceManager{}),
		libp2p.ConnectionManager(&connmgr.NullConnMgr{}),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
	)
	if err != nil {
		return nil, err
	}
	for _, one := range prepare {
		one(h)
	}
	h.Network().Notify(&network.NotifyBundle{DisconnectedF: func(_ network.Network, conn network.Conn) {
		emit("lost", fields{"as": name, "id": h.ID().String(), "at_us": time.Now().UnixMicro()})
	}})
	return &identity{host: h, from: from}, nil
}

func (o *origin) dialer(multiaddr.Multiaddr) (tcp.ContextDialer, error) {
	o.lock.Lock()
	defer o.lock.Unlock()
	dialer := &net.Dialer{}
	if o.ip != nil {
		dialer.LocalAddr = &net.TCPAddr{IP: o.ip}
	}
	return dialer, nil
}

// dial connects an identity; ip may be empty. A peer that turns us away may do so just after the handshake: who wants
// to know waits for "lost".
func (a *arena) dial(ctx context.Context, name, to, ip string) error {
	known, err := a.get(name)
	if err != nil {
		return err
	}
	target, err := peer.AddrInfoFromString(to)
	if err != nil {
		return err
	}
	known.from.lock.Lock()
	known.from.ip = net.ParseIP(ip)
	known.from.lock.Unlock()
	if dialler, found := known.host.Network().(*swarm.Swarm); found {
		dialler.Backoff().Clear(target.ID) // it comes again at once, as often as it likes
	}
	ctx, cancel := context.WithTimeout(network.WithForceDirectDial(ctx, "attack"), dialTimeout)
	defer cancel()
	return known.host.Connect(ctx, *target)
}

// connection is the one that the identity has to the address's peer; it dials when there is none.
func (a args) connection(ctx context.Context) (network.Conn, error) {
	known, err := a.get(a.As)
	if err != nil {
		return nil, err
	}
	target, err := peer.AddrInfoFromString(a.To)
	if err != nil {
		return nil, err
	}
	if len(known.host.Network().ConnsToPeer(target.ID)) == 0 {
		if err := a.dial(ctx, a.As, a.To, a.IP); err != nil {
			return nil, err
		}
	}
	if all := known.host.Network().ConnsToPeer(target.ID); len(all) > 0 {
		return all[0], nil
	}
	return nil, errors.New("disconnected at once")
}

// hangUp closes the identity's connections, and keeps its key.
func (a *arena) hangUp(name string) error {
	known, err := a.get(name)
	if err != nil {
		return err
	}
	for _, other := range known.host.Network().Peers() {
		if err := known.host.Network().ClosePeer(other); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	emit("hung_up", fields{"as": name})
	return nil
}

func (a *arena) close() {
	a.lock.Lock()
	defer a.lock.Unlock()
	for _, known := range a.known {
		known.host.Close()
	}
}
