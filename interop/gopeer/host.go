package main

import (
	"crypto/rand"
	"flag"
	"fmt"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/connmgr"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	libp2ptls "github.com/libp2p/go-libp2p/p2p/security/tls"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
)

// The linker gives the build with op-node's versions another one.
var userAgent = "opwire-gopeer"

const (
	protocolVersion = "opwire/interop/1.0.0"
	rsaBits         = 2048
)

// hostOptions are the flags that both sub-commands share.
type hostOptions struct {
	keyType  string
	security string
	muxer    string
	noEarly  bool
}

func (o *hostOptions) register(flags *flag.FlagSet) {
	flags.StringVar(&o.keyType, "key-type", "secp256k1", "identity: secp256k1, ed25519, ecdsa or rsa")
	flags.StringVar(&o.security, "security", "noise", "security protocol: noise or tls")
	flags.StringVar(&o.muxer, "muxer", "yamux", "stream multiplexer: yamux")
	flags.BoolVar(&o.noEarly, "no-early-muxer", false, "offer no multiplexer within the noise handshake: agree on it afterwards")
}

// makeHost starts a TCP host with a fresh identity and no limits. An empty address means that it only dials.
func makeHost(options hostOptions, listenAddr string) (host.Host, error) {
	key, err := generateKey(options.keyType)
	if err != nil {
		return nil, err
	}
	security, err := securityOption(options)
	if err != nil {
		return nil, err
	}
	if options.muxer != "yamux" {
		return nil, fmt.Errorf("--muxer %s is not spoken here: use yamux", options.muxer)
	}
	listen := libp2p.NoListenAddrs
	if listenAddr != "" {
		listen = libp2p.ListenAddrStrings(listenAddr)
	}
	return libp2p.New(
		libp2p.Identity(key),
		libp2p.UserAgent(userAgent),
		libp2p.ProtocolVersion(protocolVersion),
		libp2p.Transport(tcp.NewTCPTransport, tcp.DisableReuseport()),
		security,
		libp2p.Muxer(yamux.ID, yamux.DefaultTransport),
		listen,
		libp2p.ResourceManager(&network.NullResourceManager{}),
		libp2p.ConnectionManager(&connmgr.NullConnMgr{}),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
	)
}

func generateKey(keyType string) (crypto.PrivKey, error) {
	kinds := map[string]int{
		"secp256k1": crypto.Secp256k1, "ed25519": crypto.Ed25519, "ecdsa": crypto.ECDSA, "rsa": crypto.RSA,
	}
	kind, known := kinds[keyType]
	if !known {
		return nil, fmt.Errorf("--key-type %s is unknown: use secp256k1, ed25519, ecdsa or rsa", keyType)
	}
	key, _, err := crypto.GenerateKeyPairWithReader(kind, rsaBits, rand.Reader)
	return key, err
}

func securityOption(options hostOptions) (libp2p.Option, error) {
	switch {
	case options.security == "noise" && options.noEarly:
		return libp2p.Security(noise.ID, func(id protocol.ID, key crypto.PrivKey) (*noise.Transport, error) {
			return noise.New(id, key, nil)
		}), nil
	case options.security == "noise":
		return libp2p.Security(noise.ID, noise.New), nil
	case options.security == "tls" && options.noEarly:
		return nil, fmt.Errorf("--no-early-muxer is for noise only")
	case options.security == "tls":
		return libp2p.Security(libp2ptls.ID, libp2ptls.New), nil
	}
	return nil, fmt.Errorf("--security %s is unknown: use noise or tls", options.security)
}

// What every listener serves beside identify and ping; interop/README.md gives the bytes.
const (
	echoProtocol   = protocol.ID("/opwire/echo/1.0.0")
	sinkProtocol   = protocol.ID("/opwire/sink/1.0.0")
	sourceProtocol = protocol.ID("/opwire/source/1.0.0")
	perfProtocol   = protocol.ID("/perf/1.0.0")
)
