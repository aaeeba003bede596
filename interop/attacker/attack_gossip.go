package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	pb "github.com/libp2p/go-libp2p-pubsub/pb"
)

const idSize = 20

// gossipArgs are the fields of all attacks through gossip.
type gossipArgs struct {
	Topic      string   `json:"topic"`
	Messages   []string `json:"messages"`    // gossip.publish: hex, as gossip carries them
	Rpcs       int      `json:"rpcs"`        // how many RPCs
	IDs        int      `json:"ids"`         // message ids, topics or entries in each
	Known      bool     `json:"known"`       // gossip.iwant: of messages that came, instead of made up ones
	Bytes      int      `json:"bytes"`       // gossip.declare: of an RPC
	IntervalMs int      `json:"interval_ms"` // between two RPCs
}

func init() {
	registerGossip("gossip.join", func(o gossipArgs, g *gossiper, i int) (*pb.RPC, error) {
		return subscription(o.Topic, true), nil
	})
	registerGossip("gossip.publish", publishOne)
	registerGossip("gossip.ihave", func(o gossipArgs, g *gossiper, i int) (*pb.RPC, error) {
		ihave := &pb.ControlIHave{TopicID: &o.Topic, MessageIDs: madeUpIDs(o.IDs)}
		return control(&pb.ControlMessage{Ihave: []*pb.ControlIHave{ihave}}), nil
	})
	registerGossip("gossip.iwant", func(o gossipArgs, g *gossiper, i int) (*pb.RPC, error) {
		ids := madeUpIDs(o.IDs)
		if o.Known {
			ids = g.latest(o.IDs)
		}
		return control(&pb.ControlMessage{Iwant: []*pb.ControlIWant{{MessageIDs: ids}}}), nil
	})
	registerGossip("gossip.idontwant", func(o gossipArgs, g *gossiper, i int) (*pb.RPC, error) {
		return control(&pb.ControlMessage{Idontwant: []*pb.ControlIDontWant{{MessageIDs: madeUpIDs(o.IDs)}}}), nil
	})
	registerGossip("gossip.graft", func(o gossipArgs, g *gossiper, i int) (*pb.RPC, error) {
		return control(&pb.ControlMessage{Graft: []*pb.ControlGraft{{TopicID: &o.Topic}}}), nil
	})
	registerGossip("gossip.prune", func(o gossipArgs, g *gossiper, i int) (*pb.RPC, error) {
		backoff := uint64(3600)
		return control(&pb.ControlMessage{Prune: []*pb.ControlPrune{{TopicID: &o.Topic, Backoff: &backoff}}}), nil
	})
	registerGossip("gossip.subscribe", func(o gossipArgs, g *gossiper, i int) (*pb.RPC, error) {
		rpc := &pb.RPC{}
		for n := range o.IDs {
			topic, join := fmt.Sprintf("%s/%d/%d", o.Topic, i, n), true
			rpc.Subscriptions = append(rpc.Subscriptions, &pb.RPC_SubOpts{Topicid: &topic, Subscribe: &join})
		}
		return rpc, nil
	})
	register("gossip.declare", declare)
	register("gossip.heard", tellHeard)
}

// registerGossip is for an attack of o.Rpcs RPCs (one, where none is said), the i-th of which next makes. It tells how
// many were "sent".
func registerGossip(name string, next func(o gossipArgs, g *gossiper, i int) (*pb.RPC, error)) {
	register(name, func(ctx context.Context, a args) (fields, error) {
		o := gossipArgs{Rpcs: 1}
		if err := a.into(&o); err != nil {
			return nil, err
		}
		id, err := a.identity(a.As)
		if err != nil {
			return nil, err
		}
		if len(o.Messages) > 0 {
			o.Rpcs = len(o.Messages)
		}
		for i := range o.Rpcs {
			rpc, err := next(o, gossiperOf(id), i)
			if err == nil {
				err = a.say(ctx, rpc)
			}
			if err == nil {
				err = pause(ctx, o.IntervalMs)
			}
			if err != nil {
				return fields{"sent": i}, err
			}
		}
		return fields{"sent": o.Rpcs}, nil
	})
}

func publishOne(o gossipArgs, _ *gossiper, i int) (*pb.RPC, error) {
	data, err := hex.DecodeString(o.Messages[i])
	return &pb.RPC{Publish: []*pb.Message{{Topic: &o.Topic, Data: data}}}, err
}

// declare announces an RPC of so many bytes and sends none of them, "rpcs" times: a stream is reset for it, and the
// next is a new one.
func declare(ctx context.Context, a args) (fields, error) {
	o := gossipArgs{Rpcs: 1}
	if err := a.into(&o); err != nil {
		return nil, err
	}
	for i := range o.Rpcs {
		conn, err := a.connection(ctx)
		if err != nil {
			return fields{"sent": i}, err
		}
		gossiperOf(conn.LocalPeer()).out = nil
		err = a.sayBytes(ctx, binary.AppendUvarint(nil, uint64(o.Bytes)))
		if err == nil {
			err = pause(ctx, o.IntervalMs)
		}
		if err != nil {
			return fields{"sent": i}, err
		}
	}
	return fields{"sent": o.Rpcs}, nil
}

// tellHeard tells what came to the identity since it was made.
func tellHeard(_ context.Context, a args) (fields, error) {
	id, err := a.identity(a.As)
	if err != nil {
		return nil, err
	}
	g := gossiperOf(id)
	g.lock.Lock()
	defer g.lock.Unlock()
	return fields{
		"messages": g.heard.messages, "subscriptions": g.heard.subscriptions, "ihave_ids": g.heard.ihaveIDs,
		"iwant_ids": g.heard.iwantIDs, "idontwant_ids": g.heard.idontwantIDs, "grafts": g.heard.grafts,
		"prunes": g.heard.prunes,
	}, nil
}

func madeUpIDs(count int) []string {
	ids := make([]string, count)
	for i := range ids {
		var id [idSize]byte
		rand.Read(id[:])
		ids[i] = string(id[:])
	}
	return ids
}

func pause(ctx context.Context, ms int) error {
	if ms <= 0 {
		return ctx.Err()
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(ms) * time.Millisecond):
		return nil
	}
}
