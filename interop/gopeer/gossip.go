package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/golang/snappy"
	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

const (
	maxMessage       = 10 << 20 // op-node's limit
	subscriberBuffer = 1024
)

type gossipOptions struct {
	topics   string
	router   string
	version  string
	opIDs    bool
	count    int
	size     int
	interval time.Duration
}

func (o *gossipOptions) register(flags *flag.FlagSet) {
	flags.StringVar(&o.topics, "gossip", "", "topics to subscribe to, separated by commas")
	flags.StringVar(&o.router, "router", "gossipsub", "gossipsub or floodsub")
	flags.StringVar(&o.version, "gossip-version", "", "offer this gossipsub version alone: 1.0, 1.1, 1.2 or 1.3")
	flags.BoolVar(&o.opIDs, "op-ids", false, "no author, no signature (StrictNoSign), op-node's message id; published messages are snappy blocks")
	flags.IntVar(&o.count, "publish", 0, "once a peer has joined the first topic, publish this many messages")
	flags.IntVar(&o.size, "size", 1024, "bytes of each message of --publish")
	flags.DurationVar(&o.interval, "interval", 100*time.Millisecond, "pause between the messages of --publish")
}

func (o *gossipOptions) enabled() bool { return o.topics != "" }

// gossipNode is a pubsub instance with its joined topics.
type gossipNode struct {
	opIDs   bool
	first   string
	topics  map[string]*pubsub.Topic
	scoring *scoring // nil with floodsub
}

func startGossip(ctx context.Context, h host.Host, options gossipOptions) (*gossipNode, error) {
	names := strings.Split(options.topics, ",")
	node := &gossipNode{opIDs: options.opIDs, first: names[0], topics: map[string]*pubsub.Topic{}}
	if options.router == "gossipsub" {
		node.scoring = &scoring{}
	}
	ps, err := node.makePubSub(ctx, h, options, names)
	if err != nil {
		return nil, err
	}
	joined := make(chan struct{}, 1)
	for _, name := range names {
		topic, err := ps.Join(name)
		if err != nil {
			return nil, err
		}
		node.topics[name] = topic
		if err := follow(ctx, h.ID(), topic, joined); err != nil {
			return nil, err
		}
	}
	if options.count > 0 {
		go node.publishWhenJoined(ctx, joined, options)
	}
	return node, nil
}

func (n *gossipNode) makePubSub(ctx context.Context, h host.Host, options gossipOptions, topics []string) (*pubsub.PubSub, error) {
	settings := []pubsub.Option{pubsub.WithMaxMessageSize(maxMessage), pubsub.WithRawTracer(&meshTracer{})}
	if options.opIDs {
		settings = append(settings, pubsub.WithMessageIdFn(opMessageID), pubsub.WithNoAuthor(),
			pubsub.WithMessageSignaturePolicy(pubsub.StrictNoSign))
	}
	switch options.router {
	case "floodsub":
		return pubsub.NewFloodSub(ctx, h, settings...)
	case "gossipsub":
		settings = append(settings, n.scoring.options(topics)...)
		if options.version != "" {
			only, err := onlyVersion(options.version)
			if err != nil {
				return nil, err
			}
			settings = append(settings, pubsub.WithGossipSubProtocols(only, pubsub.GossipSubDefaultFeatures))
		}
		return pubsub.NewGossipSub(ctx, h, settings...)
	}
	return nil, fmt.Errorf("--router %s is unknown: use gossipsub or floodsub", options.router)
}

func onlyVersion(version string) ([]protocol.ID, error) {
	switch version {
	case "1.0", "1.1", "1.2", "1.3":
		return []protocol.ID{protocol.ID("/meshsub/" + version + ".0")}, nil
	}
	return nil, fmt.Errorf("--gossip-version %s is unknown: use 1.0, 1.1, 1.2 or 1.3", version)
}

// follow subscribes, and prints messages of others and the peers that come and go. The channel learns of the first that comes.
func follow(ctx context.Context, self peer.ID, topic *pubsub.Topic, joined chan<- struct{}) error {
	events, err := topic.EventHandler()
	if err != nil {
		return err
	}
	sub, err := topic.Subscribe(pubsub.WithBufferSize(subscriberBuffer))
	if err != nil {
		return err
	}
	go func() {
		for {
			e, err := events.NextPeerEvent(ctx)
			if err != nil {
				return
			}
			change := "leave"
			if e.Type == pubsub.PeerJoin {
				change = "join"
				select {
				case joined <- struct{}{}:
				default:
				}
			}
			emit("mesh", fields{"topic": topic.String(), "peer": e.Peer.String(), "change": change})
		}
	}()
	go func() {
		for {
			message, err := sub.Next(ctx)
			if err != nil {
				return
			}
			if message.ReceivedFrom != self {
				emitMessage(message)
			}
		}
	}()
	return nil
}

func emitMessage(message *pubsub.Message) {
	at := time.Now().UnixMicro() // the hash is ours, no part of the message's way
	digest := sha256.Sum256(message.Data)
	line := fields{
		"topic": message.GetTopic(), "len": len(message.Data), "sha256": hex.EncodeToString(digest[:]),
		"id": hex.EncodeToString([]byte(message.ID)), "from_peer": message.ReceivedFrom.String(),
		"at_us": at,
	}
	if author := message.GetFrom(); author != "" {
		line["author"] = author.String()
	}
	emit("message", line)
}

// publishWhenJoined waits for a peer and a little longer, so that both sides have grafted, and then publishes.
func (n *gossipNode) publishWhenJoined(ctx context.Context, joined <-chan struct{}, options gossipOptions) {
	const graftTime = 2 * time.Second
	select {
	case <-joined:
		time.Sleep(graftTime)
	case <-ctx.Done():
		return
	}
	err := n.publish(ctx, command{Count: options.count, Size: options.size, IntervalMs: int(options.interval.Milliseconds())})
	if err != nil {
		log.Printf("publish: %v", err)
	}
}

// publish sends messages of pseudo-random bytes, prints one event for each and one at the end.
func (n *gossipNode) publish(ctx context.Context, c command) error {
	if c.Topic == "" {
		c.Topic = n.first
	}
	topic, known := n.topics[c.Topic]
	if !known {
		return fmt.Errorf("topic %q is not joined", c.Topic)
	}
	if c.Count < 1 || c.Size < 1 {
		return errors.New("publish needs a count and a size of at least 1")
	}
	for i := range c.Count {
		if i > 0 {
			time.Sleep(time.Duration(c.IntervalMs) * time.Millisecond)
		}
		data := generated(rand.Uint64(), c.Size)
		if n.opIDs {
			data = snappy.Encode(nil, data)
		}
		digest := sha256.Sum256(data)
		line := fields{"topic": c.Topic, "len": len(data), "sha256": hex.EncodeToString(digest[:]), "at_us": time.Now().UnixMicro()}
		if err := topic.Publish(ctx, data); err != nil {
			return fmt.Errorf("message %d: %w", i, err)
		}
		emit("published", line)
	}
	emit("publish_done", fields{"topic": c.Topic, "count": c.Count})
	return nil
}
