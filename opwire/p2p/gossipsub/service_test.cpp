#include "opwire/p2p/gossipsub/service.hpp"

#include "opwire/p2p/gossipsub/service_for_test.hpp"

namespace opwire::gossipsub::test {
namespace {

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
  begin_rpc(stream, small_params().max_rpc_size + 1);
  loop.run_for(1s);
  EXPECT_FALSE(loop.run(write(*stream, Bytes(10))));
  EXPECT_EQ(us.misdeeds.names, std::vector<std::string>{"gossipsub.rpc_too_large"});
  EXPECT_TRUE(us.host.swarm->is_connected(peer.host.id));
}

// Half an RPC holds memory, but not for ever.
TEST_F(ServiceTest, RpcThatDoesNotArriveInTimeResetsTheStreamAndNothingElse) {
  GossipPeer& us = gossip_peer(1);
  Peer& peer = raw_peer(2);
  ASSERT_TRUE(connect(peer.host, us.host));
  loop.run_for(1s);
  PeerStream stream = send(peer, us, {});
  begin_rpc(stream, 1000);
  loop.run_for(29s);
  EXPECT_TRUE(us.misdeeds.names.empty());
  loop.run_for(2s);
  EXPECT_EQ(us.misdeeds.names, std::vector<std::string>{"gossipsub.rpc_too_slow"});
  EXPECT_FALSE(loop.run(write(*stream, Bytes(10))));
  EXPECT_TRUE(us.host.swarm->is_connected(peer.host.id));
}

TEST_F(ServiceTest, WhereTooMuchIsArrivingTheOldestIsGivenUp) {
  Params params = small_params();
  params.max_arriving_bytes = 2 * params.max_rpc_size;
  GossipPeer& us = gossip_peer(1, params);
  std::vector<PeerStream> streams;
  for (std::uint64_t i = 0; i < 3; ++i) {
    Peer& peer = raw_peer(2 + i);
    ASSERT_TRUE(connect(peer.host, us.host));
    loop.run_for(1s);
    begin_rpc(streams.emplace_back(send(peer, us, {})), params.max_rpc_size);
    loop.run_for(1s);
  }
  EXPECT_EQ(us.misdeeds.names, std::vector<std::string>{"gossipsub.rpc_too_slow"});
  EXPECT_FALSE(loop.run(write(*streams[0], Bytes(10))));
  for (const std::size_t i : {1, 2}) EXPECT_TRUE(loop.run(write(*streams[i], Bytes(10)))) << i;
}

TEST_F(ServiceTest, ClosedServiceTakesAndTellsNothingMore) {
  GossipPeer& us = gossip_peer(1);
  GossipPeer& peer = gossip_peer(2);
  ASSERT_TRUE(connect(us.host, peer.host));
  loop.run_for(3s);
  ASSERT_TRUE(peer.publish("late"));
  loop.run_for(5ms);  // it is under validation
  ASSERT_EQ(us.service.router().stats().decoded, 1u);
  loop.run(us.service.close(), 5s);
  EXPECT_EQ(us.service.router().stats().accepted, 1u) << "its verdict was waited for";
  EXPECT_TRUE(us.publish("later still").error().is(opwire::errors::kClosed));
  EXPECT_TRUE(us.service.subscribe("/other", nullptr, nullptr).error().is(opwire::errors::kClosed));
  EXPECT_TRUE(us.received.empty());
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

// G12: what a peer writes on the stream that we opened is not read, and its end there is not ours.
TEST_F(ServiceTest, PeerThatWritesBackOnOurStreamOrHalfClosesIt) {
  GossipPeer& us = gossip_peer(1);
  Peer& peer = raw_peer(2);
  peer.host.swarm->set_stream_handler("/meshsub/1.2.0", [](PeerStream stream) -> Task<void> {
    return [](PeerStream taken) -> Task<void> {
      const Result<void> written = co_await write(*taken, Bytes(10'000, 0xff));
      if (written) (void)co_await taken->close_write();
      co_await Peer::drain(std::move(taken));
    }(std::move(stream));
  });
  ASSERT_TRUE(connect(us.host, peer.host));
  loop.run_for(2s);
  const PeerStream stream = send(peer, us, {Rpc().subscribe(kTopic).graft(kTopic).build()});
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(us.publish("message " + std::to_string(i)));
    loop.run_for(1s);
  }
  EXPECT_EQ(us.service.router().mesh_peers(kTopic), std::vector{peer.host.id});
  EXPECT_EQ(us.service.router().stats().messages_dropped, 0u);
  EXPECT_TRUE(us.misdeeds.names.empty());
}

// G12: the end of a peer's stream, by FIN or reset, is no news about the peer.
TEST_F(ServiceTest, PeerThatEndsItsStreamStaysAndMayOpenAnother) {
  GossipPeer& us = gossip_peer(1);
  Peer& peer = raw_peer(2);
  ASSERT_TRUE(connect(peer.host, us.host));
  loop.run_for(1s);
  PeerStream first = send(peer, us, {Rpc().subscribe(kTopic).build()});
  EXPECT_TRUE(loop.run(first->close_write()));
  loop.run_for(1s);
  EXPECT_EQ(us.service.router().topic_peers(kTopic).size(), 1u);
  PeerStream second = send(peer, us, {Rpc().message(kTopic, as_bytes("one")).build()});
  second->reset();
  loop.run_for(1s);
  const PeerStream third = send(peer, us, {Rpc().message(kTopic, as_bytes("two")).build()});
  EXPECT_EQ(us.received, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(us.service.router().topic_peers(kTopic).size(), 1u);
}

}  // namespace
}  // namespace opwire::gossipsub::test
