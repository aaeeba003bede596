package main

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/golang/snappy"
	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// meshTracer prints which protocol a peer speaks, grafts and prunes of either side, and messages that pubsub refused.
type meshTracer struct{}

func (meshTracer) OnNewOutboundStream(p peer.ID, name protocol.ID) {
	emit("peer", fields{"peer": p.String(), "change": "added", "protocol": string(name)})
}

func (meshTracer) OnClosedOutboundStream(p peer.ID) {
	emit("peer", fields{"peer": p.String(), "change": "removed"})
}

// AddPeer and RemovePeer are what pubsub v0.12 calls instead.
func (t meshTracer) AddPeer(p peer.ID, name protocol.ID) { t.OnNewOutboundStream(p, name) }
func (t meshTracer) RemovePeer(p peer.ID)                { t.OnClosedOutboundStream(p) }

func (meshTracer) Graft(p peer.ID, topic string) {
	emit("mesh", fields{"topic": topic, "peer": p.String(), "change": "graft"})
}

func (meshTracer) Prune(p peer.ID, topic string) {
	emit("mesh", fields{"topic": topic, "peer": p.String(), "change": "prune"})
}

func (meshTracer) RejectMessage(m *pubsub.Message, reason string) {
	emit("rejected", fields{
		"topic": m.GetTopic(), "len": len(m.Data), "from_peer": m.ReceivedFrom.String(), "reason": reason,
	})
}

func (meshTracer) Join(string)                                          {}
func (meshTracer) Leave(string)                                         {}
func (meshTracer) ValidateMessage(*pubsub.Message)                      {}
func (meshTracer) DeliverMessage(*pubsub.Message)                       {}
func (meshTracer) DuplicateMessage(*pubsub.Message)                     {}
func (meshTracer) ThrottlePeer(peer.ID)                                 {}
func (meshTracer) RecvRPC(*pubsub.RPC)                                  {}
func (meshTracer) SendRPC(*pubsub.RPC, peer.ID)                         {}
func (meshTracer) SendRPCCompleted(*pubsub.RPC, peer.ID, time.Duration) {}
func (meshTracer) DropRPC(*pubsub.RPC, peer.ID)                         {}
func (meshTracer) UndeliverableMessage(*pubsub.Message)                 {}

// opMessageID is op-node's: the first 20 bytes of SHA-256 over a domain, the topic with its length, and the
// decompressed data, or the data itself under another domain where it is no snappy block.
func opMessageID(m *pb.Message) string {
	domain, body := []byte{0, 0, 0, 0}, m.Data
	if size, err := snappy.DecodedLen(m.Data); err == nil && size <= maxMessage {
		if plain, err := snappy.Decode(nil, m.Data); err == nil {
			domain[0], body = 1, plain
		}
	}
	hash := sha256.New()
	hash.Write(domain)
	hash.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(m.GetTopic()))))
	hash.Write([]byte(m.GetTopic()))
	hash.Write(body)
	return string(hash.Sum(nil)[:20])
}
