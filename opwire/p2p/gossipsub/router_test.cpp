#include "opwire/p2p/gossipsub/router.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/errors.hpp"
#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::kTopic;
using test::noise;
using test::peer_id;
using test::Rpc;
using test::TestRouter;
using namespace std::chrono_literals;

using Subscriptions = std::vector<std::pair<std::string, bool>>;

TEST(Router, NewPeersAreToldOurTopics) {
  TestRouter t;
  const PeerId before = t.connect(1);
  EXPECT_TRUE(t.sent(before).empty());
  t.join();
  ASSERT_TRUE(t.router.subscribe("/second", t.now));
  ASSERT_TRUE(t.router.subscribe("/second", t.now));
  EXPECT_EQ(t.sent(before).subscriptions, (Subscriptions{{"/second", true}, {kTopic, true}}));
  EXPECT_EQ(t.sent(t.connect(2, Version::kFloodsub)).subscriptions, (Subscriptions{{"/second", true}, {kTopic, true}}));
}

TEST(Router, OutputReadyIsToldOnceUntilAllIsTaken) {
  TestRouter t;
  const PeerId peer = t.connect(1);
  t.join();
  ASSERT_TRUE(t.router.subscribe("/second", t.now));
  EXPECT_EQ(t.take<OutputReady>().size(), 1u);
  EXPECT_TRUE(t.router.next_frame(peer));
  t.router.unsubscribe("/second", t.now);
  EXPECT_TRUE(t.take<OutputReady>().empty());
  EXPECT_TRUE(t.router.next_frame(peer));
  EXPECT_FALSE(t.router.next_frame(peer));
  t.router.unsubscribe(kTopic, t.now);
  EXPECT_EQ(t.take<OutputReady>().size(), 1u);
}

TEST(Router, DisconnectedPeersLeaveNothing) {
  TestRouter t;
  t.join();
  t.connect_subscribed(0, 3);
  t.beat();
  t.rpc(peer_id(0), Rpc().subscribe("/other"));
  for (unsigned i = 0; i < 3; ++i) t.disconnect(peer_id(i));
  EXPECT_TRUE(t.router.mesh_peers(kTopic).empty());
  EXPECT_TRUE(t.router.topic_peers(kTopic).empty());
  EXPECT_EQ(t.router.topics(), std::vector{kTopic});
  EXPECT_FALSE(t.router.next_frame(peer_id(0)));
  t.rpc(peer_id(0), Rpc().subscribe(kTopic).graft(kTopic));
  EXPECT_TRUE(t.router.topic_peers(kTopic).empty());
}

TEST(Router, UnsubscribedPeersLeaveTheMesh) {
  TestRouter t;
  t.join();
  t.connect_subscribed(0, 1);
  t.beat();
  ASSERT_EQ(t.router.mesh_peers(kTopic).size(), 1u);
  t.rpc(peer_id(0), Rpc().subscribe(kTopic, false));
  EXPECT_TRUE(t.router.mesh_peers(kTopic).empty());
}

// A peer may graft without having subscribed, as in Go; when it goes, the mesh forgets it.
TEST(Router, GraftedWithoutSubscription) {
  TestRouter t;
  t.join();
  const PeerId peer = t.connect(1);
  t.rpc(peer, Rpc().graft(kTopic));
  EXPECT_EQ(t.router.mesh_peers(kTopic), std::vector{peer});
  t.disconnect(peer);
  EXPECT_TRUE(t.router.mesh_peers(kTopic).empty());
  ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(noise(10, 1)), t.now));
}

// G7: many topics, an empty one, one of a megabyte; with and without an allow-list.
TEST(Router, SubscriptionsAreBounded) {
  TestRouter t;
  const PeerId peer = t.connect(1);
  for (int round = 0; round < 20; ++round) {
    Rpc rpc;
    for (int i = 0; i < 1000; ++i) rpc.subscribe("/" + std::to_string(round * 1000 + i));
    t.rpc(peer, rpc);
  }
  t.rpc(peer, Rpc().subscribe("").subscribe(std::string(1'000'000, 't')));
  EXPECT_EQ(t.router.topics().size(), 512u);
  EXPECT_EQ(t.router.stats().subscriptions_ignored, 20'000u - 512u + 2u);
  for (int i = 0; i < 512; ++i) t.rpc(peer, Rpc().subscribe("/" + std::to_string(i), false));
  EXPECT_TRUE(t.router.topics().empty());
}

TEST(Router, AllowListKeepsOtherTopicsOut) {
  Params params;
  params.allowed_topics = {kTopic};
  TestRouter t(std::move(params));
  const PeerId peer = t.connect(1);
  t.rpc(peer, Rpc().subscribe("/other").subscribe(kTopic));
  EXPECT_EQ(t.router.topics(), std::vector{kTopic});
  EXPECT_TRUE(t.router.subscribe("/other", t.now).error().is(errors::kTopicNotAllowed));
  EXPECT_TRUE(t.router.publish("/other", {}, t.now).error().is(errors::kTopicNotAllowed));
}

// G11.
TEST(Router, RpcAtTheLimitAndBeyond) {
  TestRouter t;
  t.join();
  const PeerId peer = t.connect(1);
  const std::size_t limit = t.router.params().max_rpc_size;
  const std::size_t around = Rpc().message(kTopic, Bytes(limit - 100)).build().size() - (limit - 100);
  EXPECT_TRUE(t.router.on_rpc(peer, Rpc().message(kTopic, Bytes(limit - around)).build(), t.now));
  EXPECT_EQ(t.judge(Verdict::kAccept), 1u);
  const auto beyond = t.router.on_rpc(peer, Rpc().message(kTopic, Bytes(limit - around + 1)).build(), t.now);
  ASSERT_FALSE(beyond);
  EXPECT_TRUE(beyond.error().is(errors::kRpcTooLarge));
  EXPECT_EQ(beyond.error().consequence(), Consequence::kResetStream);
}

TEST(Router, MalformedRpcIsNotHeededInPart) {
  TestRouter t;
  const PeerId peer = t.connect(1);
  Bytes rpc = to_bytes(Rpc().subscribe(kTopic).build());
  rpc.push_back(0x0b);
  EXPECT_FALSE(t.router.on_rpc(peer, Buffer::copy_of(rpc), t.now));
  EXPECT_TRUE(t.router.topics().empty());
  EXPECT_TRUE(t.router.on_rpc(peer, Buffer{}, t.now)) << "an empty RPC says nothing";
}

// G15: the peer reads nothing while much is published; its queue and its control stay small.
TEST(Router, PeerThatNeverReads) {
  TestRouter t;
  t.join();
  const PeerId peer = t.connect_subscribed(0, 1)[0];
  t.rpc(peer, Rpc().graft(kTopic));
  for (std::uint64_t i = 0; i < 200; ++i) {
    ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(noise(200'000, i)), t.now));
    t.beat();
    t.router.unsubscribe("/flapping", t.now);
    ASSERT_TRUE(t.router.subscribe("/flapping", t.now));
  }
  EXPECT_EQ(t.router.stats().messages_dropped, 200u - 32u);
  const auto sent = t.sent(peer);
  EXPECT_EQ(sent.messages.size(), 32u);
  EXPECT_EQ(sent.subscriptions.size(), 2u);
}

TEST(Fanout, PublishesToTheSamePeersUntilItExpires) {
  TestRouter t;
  t.connect_subscribed(0, 20);
  const auto receivers = [&](std::uint64_t seed) {
    EXPECT_TRUE(t.router.publish(kTopic, Buffer::copy_of(noise(100, seed)), t.now));
    PeerSet to;
    for (unsigned i = 0; i < 20; ++i) {
      if (!t.sent(peer_id(i)).messages.empty()) to.insert(peer_id(i));
    }
    return to;
  };
  const PeerSet first = receivers(1);
  EXPECT_EQ(first.size(), 6u);
  for (int i = 0; i < 59; ++i) t.beat();
  EXPECT_EQ(receivers(2), first);
  t.disconnect(*first.begin());
  t.beat();
  EXPECT_EQ(receivers(3).size(), 6u);
  for (int i = 0; i < 60; ++i) t.beat();
  EXPECT_NE(receivers(4), first);
}

TEST(Fanout, BecomesTheMeshOnJoining) {
  TestRouter t;
  t.connect_subscribed(0, 20);
  ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(noise(100, 1)), t.now));
  PeerSet fanout;
  for (unsigned i = 0; i < 20; ++i) {
    if (!t.sent(peer_id(i)).messages.empty()) fanout.insert(peer_id(i));
  }
  t.join();
  const auto mesh = t.router.mesh_peers(kTopic);
  EXPECT_EQ(PeerSet(mesh.begin(), mesh.end()), fanout);
}

TEST(Publish, FloodReachesAllPeersOfTheTopic) {
  Params params;
  params.flood_publish = true;
  TestRouter t(std::move(params));
  t.join();
  t.connect_subscribed(0, 20);
  t.beat();
  t.drop_output();
  ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(noise(100, 1)), t.now));
  for (unsigned i = 0; i < 20; ++i) EXPECT_EQ(t.sent(peer_id(i)).messages.size(), 1u);
}

TEST(Publish, FormingMeshIsFilledUpWithOthers) {
  TestRouter t;
  t.join();
  t.connect_subscribed(0, 10);  // no heartbeat yet: the mesh is empty
  t.drop_output();
  ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(noise(100, 1)), t.now));
  EXPECT_EQ(t.router.stats().messages_queued, 6u);
}

TEST(Publish, WithoutPeersLeavesNothingOfTheTopic) {
  TestRouter t;
  ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(noise(100, 1)), t.now));
  EXPECT_TRUE(t.router.topics().empty());
}

TEST(Versions, FloodsubPeersGetEveryMessageAndNoControl) {
  TestRouter t;
  t.join();
  t.connect_subscribed(0, 3);
  const PeerId flood = t.connect_subscribed(9, 1, Version::kFloodsub)[0];
  t.beat();
  t.drop_output();
  t.rpc(peer_id(0), Rpc().message(kTopic, noise(2000, 1)));
  t.judge(Verdict::kAccept);
  ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(noise(2000, 2)), t.now));
  t.rpc(flood, Rpc().message(kTopic, noise(2000, 3)));
  t.judge(Verdict::kAccept);
  t.beat();
  const auto sent = t.sent(flood);
  EXPECT_EQ(sent.messages.size(), 2u);
  EXPECT_TRUE(sent.graft.empty() && sent.ihave.empty() && sent.idontwant.empty());
  EXPECT_EQ(t.sent(peer_id(0)).messages.size(), 2u);
}

TEST(Versions, ProtocolIds) {
  EXPECT_EQ(version_of("/meshsub/1.2.0"), Version::kV12);
  EXPECT_EQ(version_of("/meshsub/1.0.0"), Version::kV10);
  EXPECT_EQ(version_of("/floodsub/1.0.0"), Version::kFloodsub);
  EXPECT_EQ(version_of("/meshsub/9.0.0"), std::nullopt);
}

}  // namespace
}  // namespace opwire::gossipsub
