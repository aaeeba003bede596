package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	libp2p "github.com/libp2p/go-libp2p"
	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"

	"github.com/ethereum-optimism/optimism/op-node/p2p"
	"github.com/ethereum-optimism/optimism/op-node/rollup"
	"github.com/ethereum-optimism/optimism/op-service/eth"
)

// rawPublisher sends any bytes on the block topics. op-node validates what it publishes itself, so this is a second
// peer of its own identity: unsigned messages, op-node's message id, no validators. It starts with the first message.
type rawPublisher struct {
	cfg    *rollup.Config
	node   *p2p.NodeP2P
	host   host.Host
	topics map[eth.BlockVersion]*pubsub.Topic
	stop   context.CancelFunc
}

const (
	maxMessage  = 10 << 20
	rawDeadline = 10 * time.Second
)

// newRawHost has an identity of its own, and only dials.
func newRawHost() (host.Host, error) {
	key, _, err := crypto.GenerateSecp256k1Key(rand.Reader)
	if err != nil {
		return nil, err
	}
	return libp2p.New(libp2p.Identity(key), libp2p.NoListenAddrs, libp2p.DisableRelay(), libp2p.UserAgent("opwire-opnodepeer-raw"),
		libp2p.Transport(tcp.NewTCPTransport), p2p.NoiseC(), p2p.YamuxC())
}

func (r *rawPublisher) start() error {
	h, err := newRawHost()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	r.host, r.stop, r.topics = h, stop, map[eth.BlockVersion]*pubsub.Topic{}
	ps, err := pubsub.NewGossipSub(ctx, h, pubsub.WithNoAuthor(), pubsub.WithMessageSignaturePolicy(pubsub.StrictNoSign),
		pubsub.WithMessageIdFn(p2p.BuildMsgIdFn(r.cfg)), pubsub.WithMaxMessageSize(maxMessage), pubsub.WithFloodPublish(true))
	if err != nil {
		return err
	}
	for version := eth.BlockV1; version <= eth.BlockV4; version++ {
		if r.topics[version], err = ps.Join(blocksTopic(r.cfg, version)); err != nil {
			return err
		}
	}
	return nil
}

// publish connects to the targets, waits until they have told their subscriptions, and floods the message to them.
// The same bytes go out only once: pubsub drops what it has seen.
func (r *rawPublisher) publish(ctx context.Context, version eth.BlockVersion, wire []byte, to []string) ([]peer.ID, error) {
	if r.host == nil {
		if err := r.start(); err != nil {
			return nil, err
		}
	}
	targets, err := r.targets(to)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, rawDeadline)
	defer cancel()
	ids := []peer.ID{}
	for _, target := range targets {
		if err := r.host.Connect(ctx, target); err != nil {
			return nil, err
		}
		ids = append(ids, target.ID)
	}
	topic := r.topics[version]
	for !subscribed(topic, ids) {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("not all of %v subscribed to %s in time", ids, topic)
		case <-time.After(20 * time.Millisecond):
		}
	}
	return ids, topic.Publish(ctx, wire)
}

// targets are the given addresses, or all peers that the node is connected to.
func (r *rawPublisher) targets(to []string) ([]peer.AddrInfo, error) {
	var targets []peer.AddrInfo
	for _, text := range to {
		info, err := peer.AddrInfoFromString(text)
		if err != nil {
			return nil, err
		}
		targets = append(targets, *info)
	}
	if len(to) == 0 {
		for _, id := range r.node.Peers() {
			if id != r.host.ID() {
				targets = append(targets, r.node.Host().Peerstore().PeerInfo(id))
			}
		}
	}
	if len(targets) == 0 {
		return nil, fmt.Errorf("no peer is connected and \"to\" names none")
	}
	return targets, nil
}

func subscribed(topic *pubsub.Topic, ids []peer.ID) bool {
	known := topic.ListPeers()
	return !slices.ContainsFunc(ids, func(id peer.ID) bool { return !slices.Contains(known, id) })
}

func (r *rawPublisher) close() error {
	if r.host == nil {
		return nil
	}
	r.stop()
	return r.host.Close()
}
