package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/golang/snappy"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"google.golang.org/protobuf/proto"
)

const (
	gossipProtocol = protocol.ID("/meshsub/1.2.0")
	longestRPC     = 16 << 20
	sayDeadline    = 10 * time.Second
	mostRemembered = 4096 // message ids
)

// gossiper is an identity's end of gossipsub: it listens, and says what it is told to. It follows no rule and answers
// nothing by itself.
type gossiper struct {
	lock  sync.Mutex
	out   network.Stream // ours, on which it talks
	heard heard
	ids   []string // of messages that came, by op-node's rule, or were told of
}

// heard counts what came, all peers together.
type heard struct {
	messages, subscriptions, ihaveIDs, iwantIDs, idontwantIDs, grafts, prunes int
}

var gossipers sync.Map // by id of the host

func init() {
	prepare = append(prepare, func(h host.Host) {
		g := &gossiper{}
		gossipers.Store(h.ID(), g)
		h.SetStreamHandler(gossipProtocol, g.listen)
	})
}

func gossiperOf(id peer.ID) *gossiper {
	found, _ := gossipers.Load(id)
	return found.(*gossiper)
}

func (g *gossiper) listen(stream network.Stream) {
	defer stream.Reset()
	input := bufio.NewReader(stream)
	for {
		size, err := binary.ReadUvarint(input)
		if err != nil || size > longestRPC {
			return
		}
		frame := make([]byte, size)
		if _, err := io.ReadFull(input, frame); err != nil {
			return
		}
		var rpc pb.RPC
		if proto.Unmarshal(frame, &rpc) == nil {
			g.hear(&rpc)
		}
	}
}

func (g *gossiper) hear(rpc *pb.RPC) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.heard.subscriptions += len(rpc.Subscriptions)
	for _, message := range rpc.Publish {
		g.heard.messages++
		g.remember(messageID(message.GetTopic(), message.GetData()))
	}
	control := rpc.GetControl()
	for _, ihave := range control.GetIhave() {
		g.heard.ihaveIDs += len(ihave.MessageIDs)
		for _, id := range ihave.MessageIDs {
			g.remember(id)
		}
	}
	for _, iwant := range control.GetIwant() {
		g.heard.iwantIDs += len(iwant.MessageIDs)
	}
	for _, idontwant := range control.GetIdontwant() {
		g.heard.idontwantIDs += len(idontwant.MessageIDs)
	}
	g.heard.grafts += len(control.GetGraft())
	g.heard.prunes += len(control.GetPrune())
}

func (g *gossiper) remember(id string) {
	if slices.Contains(g.ids, id) {
		return
	}
	if len(g.ids) == mostRemembered {
		g.ids = g.ids[1:]
	}
	g.ids = append(g.ids, id)
}

// latest are the newest message ids, at most so many.
func (g *gossiper) latest(most int) []string {
	g.lock.Lock()
	defer g.lock.Unlock()
	return append([]string(nil), g.ids[max(0, len(g.ids)-most):]...)
}

// messageID is op-node's.
func messageID(topic string, data []byte) string {
	domain := []byte{1, 0, 0, 0}
	plain, err := snappy.Decode(nil, data)
	if err != nil {
		domain, plain = []byte{0, 0, 0, 0}, data
	}
	hash := sha256.New()
	hash.Write(domain)
	hash.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(topic))))
	hash.Write([]byte(topic))
	hash.Write(plain)
	return string(hash.Sum(nil)[:20])
}

// say sends one RPC on the identity's stream, which it opens where there is none.
func (a args) say(ctx context.Context, rpc *pb.RPC) error {
	frame, err := proto.Marshal(rpc)
	if err != nil {
		return err
	}
	return a.sayBytes(ctx, append(binary.AppendUvarint(nil, uint64(len(frame))), frame...))
}

func (a args) sayBytes(ctx context.Context, bytes []byte) error {
	conn, err := a.connection(ctx)
	if err != nil {
		return err
	}
	g := gossiperOf(conn.LocalPeer())
	if g.out == nil || g.out.Conn() != conn {
		h, err := a.host(a.As)
		if err != nil {
			return err
		}
		if g.out, err = h.NewStream(ctx, conn.RemotePeer(), gossipProtocol); err != nil {
			g.out = nil
			return err
		}
	}
	g.out.SetWriteDeadline(time.Now().Add(sayDeadline))
	_, err = g.out.Write(bytes)
	return err
}

func subscription(topic string, join bool) *pb.RPC {
	return &pb.RPC{Subscriptions: []*pb.RPC_SubOpts{{Topicid: &topic, Subscribe: &join}}}
}

func control(message *pb.ControlMessage) *pb.RPC { return &pb.RPC{Control: message} }
