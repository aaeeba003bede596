#include "opwire/p2p/gossipsub/service.hpp"

#include "opwire/p2p/gossipsub/router_for_test.hpp"
#include "opwire/p2p/identify/service.hpp"
#include "opwire/p2p/swarm/swarm_for_test.hpp"

namespace opwire::gossipsub::test {
namespace {

using swarm::SimulatedHost;

Params small_params() {
  Params params;
  params.max_rpc_size = 64 * 1024;
  return params;
}

/// Events by the name of their error.
class Misdeeds final : public PeerEvents {
 public:
  void on_misbehaviour(const PeerId&, const Error& error, std::string_view) override {
    names.emplace_back(error.name());
  }
  std::vector<std::string> names;
};

/// A host with identify, whose own stream handlers a test may set.
struct Peer {
  explicit Peer(SimulatedHost& made) : host(made), identify(*made.swarm, swarm::key_of(seed_of(made)), {}) {}
  /// Takes what comes on our peers' streams and makes nothing of it.
  void swallow() { host.swarm->set_stream_handler("/meshsub/1.2.0", drain); }
  static Task<void> drain(PeerStream stream) {
    while (true) {
      const Result<Buffer> piece = co_await stream->read(1000);
      if (!piece || piece->empty()) co_return;
    }
  }
  static std::uint64_t seed_of(const SimulatedHost& made) { return std::stoull(made.at.to_string().substr(8)); }
  SimulatedHost& host;
  identify::Service identify;
};

/// The same with gossipsub on a topic.
struct GossipPeer : Peer {
  explicit GossipPeer(SimulatedHost& made)
      : Peer(made), service(*made.swarm, small_params(), ServiceParts(decoder, made.rng, &misdeeds)) {
    const Result<void> joined = service.subscribe(
        kTopic, [this](MessagePtr message) { return judge(std::move(message)); },
        [this](const Message& message, const std::shared_ptr<const void>&) {
          received.emplace_back(as_text(message.data.view()));
        });
    EXPECT_TRUE(joined);
  }
  Task<Verdict> judge(MessagePtr message) {
    co_await sleep_for(host.loop, 10ms);
    co_return as_text(message->data.view()).starts_with("bad") ? Verdict::kReject : Verdict::kAccept;
  }
  Result<void> publish(std::string_view text) { return service.publish(kTopic, Buffer::copy_of(as_bytes(text))); }

  HashDecoder decoder;
  Misdeeds misdeeds;
  Service service;
  std::vector<std::string> received;
};

class ServiceTest : public swarm::SimulatedNet {
 protected:
  ~ServiceTest() override {
    for (auto& peer : gossip_peers_) {
      loop.run(peer->service.close(), 5s);
      loop.run(peer->identify.close(), 5s);
    }
    for (auto& peer : raw_peers_) loop.run(peer->identify.close(), 5s);
  }
  GossipPeer& gossip_peer(std::uint64_t seed) {
    return *gossip_peers_.emplace_back(std::make_unique<GossipPeer>(host(seed)));
  }
  Peer& raw_peer(std::uint64_t seed) {
    Peer& peer = *raw_peers_.emplace_back(std::make_unique<Peer>(host(seed)));
    peer.swallow();
    return peer;
  }

  /// Opens a stream to a peer and sends these RPCs.
  PeerStream send(Peer& from, Peer& to, const std::vector<Buffer>& rpcs) {
    std::vector<std::string> protocols{"/meshsub/1.2.0"};
    PeerStream stream = loop.run(from.host.swarm->new_stream(to.host.id, std::move(protocols))).value();
    for (const Buffer& rpc : rpcs) {
      const Frame frame = make_frame(rpc);
      for (const ByteView piece : frame.pieces()) {
        if (!piece.empty()) EXPECT_TRUE(loop.run(write(*stream, piece)));
      }
    }
    loop.run_for(1s);
    return stream;
  }

 private:
  std::vector<std::unique_ptr<GossipPeer>> gossip_peers_;
  std::vector<std::unique_ptr<Peer>> raw_peers_;
};

TEST_F(ServiceTest, MessagesReachAllAndRejectedOnesNobodyElse) {
  GossipPeer& a = gossip_peer(1);
  GossipPeer& b = gossip_peer(2);
  GossipPeer& c = gossip_peer(3);
  ASSERT_TRUE(connect(a.host, b.host));
  ASSERT_TRUE(connect(b.host, c.host));
  loop.run_for(3s);
  ASSERT_TRUE(a.publish("good"));
  ASSERT_TRUE(a.publish("bad"));
  loop.run_for(1s);
  EXPECT_EQ(b.received, std::vector<std::string>{"good"});
  EXPECT_EQ(c.received, std::vector<std::string>{"good"});
  EXPECT_TRUE(a.received.empty());
  EXPECT_EQ(b.service.router().stats().rejected, 1u);
  EXPECT_EQ(c.service.router().stats().decoded, 1u) << "what was rejected is not forwarded";
}

TEST_F(ServiceTest, PeerThatLeavesIsForgottenAndOneThatReturnsJoinsAgain) {
  GossipPeer& a = gossip_peer(1);
  GossipPeer& b = gossip_peer(2);
  ASSERT_TRUE(connect(a.host, b.host));
  loop.run_for(3s);
  EXPECT_EQ(a.service.peer_count(), 1u);
  EXPECT_EQ(a.service.router().mesh_peers(kTopic).size(), 1u);
  a.host.swarm->disconnect(b.host.id);
  loop.run_for(3s);
  EXPECT_EQ(a.service.peer_count(), 0u);
  EXPECT_TRUE(a.service.router().topic_peers(kTopic).empty());
  ASSERT_TRUE(connect(b.host, a.host));
  loop.run_for(3s);
  ASSERT_TRUE(b.publish("again"));
  loop.run_for(1s);
  EXPECT_EQ(a.received, std::vector<std::string>{"again"});
}

// A peer's first RPC may overtake our stream to it.
TEST_F(ServiceTest, SubscriptionsThatComeBeforeOurStreamStandsAreHeeded) {
  GossipPeer& us = gossip_peer(1);
  Peer& peer = raw_peer(2);
  peer.host.swarm->remove_stream_handler("/meshsub/1.2.0");
  ASSERT_TRUE(connect(peer.host, us.host));
  loop.run_for(1s);
  const PeerStream stream = send(peer, us, {Rpc().subscribe(kTopic).build()});
  EXPECT_TRUE(us.service.router().topic_peers(kTopic).empty());
  peer.swallow();  // identify push tells that it can be written to now
  loop.run_for(3s);
  EXPECT_EQ(us.service.router().topic_peers(kTopic).size(), 1u);
}

// G11, F4: the length alone decides, before anything is allocated; only the stream ends.
TEST_F(ServiceTest, RpcOverTheLimitResetsTheStreamAndNothingElse) {
  GossipPeer& us = gossip_peer(1);
  Peer& peer = raw_peer(2);
  ASSERT_TRUE(connect(peer.host, us.host));
  loop.run_for(1s);
  PeerStream stream = send(peer, us, {});
  Bytes length;
  multiformats::append_varint(length, small_params().max_rpc_size + 1);
  ASSERT_TRUE(loop.run(write(*stream, length)));
  loop.run_for(1s);
  EXPECT_FALSE(loop.run(write(*stream, Bytes(10))));
  EXPECT_EQ(us.misdeeds.names, std::vector<std::string>{"gossipsub.rpc_too_large"});
  EXPECT_TRUE(us.host.swarm->is_connected(peer.host.id));
}

TEST_F(ServiceTest, MalformedRpcResetsTheStream) {
  GossipPeer& us = gossip_peer(1);
  Peer& peer = raw_peer(2);
  ASSERT_TRUE(connect(peer.host, us.host));
  loop.run_for(1s);
  const PeerStream stream = send(peer, us, {Buffer::copy_of(Bytes{0x0a, 0x05, 0x01})});
  EXPECT_EQ(us.misdeeds.names, std::vector<std::string>{"multiformats.bad_protobuf"});
  EXPECT_TRUE(us.host.swarm->is_connected(peer.host.id));
}

// G12: a second stream replaces the first; F7, F8: empty frames do nothing.
TEST_F(ServiceTest, SecondStreamReplacesTheFirst) {
  GossipPeer& us = gossip_peer(1);
  Peer& peer = raw_peer(2);
  ASSERT_TRUE(connect(peer.host, us.host));
  loop.run_for(1s);
  PeerStream first = send(peer, us, {Rpc().message(kTopic, as_bytes("one")).build()});
  PeerStream second = send(peer, us, {Buffer(), Buffer(), Rpc().message(kTopic, as_bytes("two")).build()});
  EXPECT_FALSE(loop.run(write(*first, Bytes(10))));
  EXPECT_TRUE(loop.run(write(*second, Bytes{0})));
  EXPECT_EQ(us.received, (std::vector<std::string>{"one", "two"}));
  EXPECT_TRUE(us.misdeeds.names.empty());
}

// G12: what peers do to the stream that we opened must not end gossip with them.
TEST_F(ServiceTest, StreamThatThePeerResetsIsOpenedAgain) {
  GossipPeer& us = gossip_peer(1);
  Peer& peer = raw_peer(2);
  int opened = 0;
  peer.host.swarm->set_stream_handler("/meshsub/1.2.0", [&opened](PeerStream stream) -> Task<void> {
    return [](PeerStream taken, int& count) -> Task<void> {
      ++count;
      if (count == 1) co_return taken->reset();
      co_await Peer::drain(std::move(taken));
    }(std::move(stream), opened);
  });
  ASSERT_TRUE(connect(us.host, peer.host));
  loop.run_for(2s);
  const PeerStream stream = send(peer, us, {Rpc().subscribe(kTopic).build()});
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(us.publish("message " + std::to_string(i)));
    loop.run_for(2s);
  }
  EXPECT_EQ(opened, 2);
  EXPECT_EQ(us.service.router().topic_peers(kTopic).size(), 1u) << "what it subscribed to is not forgotten";
  EXPECT_TRUE(us.host.swarm->is_connected(peer.host.id));
}

// Our half of the stream that a peer opened stays open and silent, whatever we have to say.
TEST_F(ServiceTest, NothingIsWrittenOnThePeersStream) {
  GossipPeer& us = gossip_peer(1);
  Peer& peer = raw_peer(2);
  ASSERT_TRUE(connect(peer.host, us.host));
  loop.run_for(1s);
  PeerStream stream = send(peer, us, {Rpc().subscribe(kTopic).graft(kTopic).build()});
  bool answered = false;
  Scope scope(loop);
  scope.spawn([](PeerStream& watched, bool& seen) -> Task<void> {
    const Result<void> readable = co_await watched->wait_readable();
    seen = readable.has_value();
  }(stream, answered));
  ASSERT_TRUE(us.publish("hello"));
  loop.run_for(5s);
  EXPECT_FALSE(answered);
  scope.cancel();
  loop.run(scope.join());
}

}  // namespace
}  // namespace opwire::gossipsub::test
