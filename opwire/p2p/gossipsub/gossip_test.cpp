#include "opwire/p2p/gossipsub/gossip.hpp"

#include <gtest/gtest.h>

#include <set>

#include "opwire/p2p/gossipsub/errors.hpp"
#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::HashDecoder;
using test::kTopic;
using test::message_ids;
using test::noise;
using test::peer_id;
using test::Rpc;
using test::TestRouter;
using namespace std::chrono_literals;

/// A joined router with peer 0, which is not in the mesh.
class GossipTest : public ::testing::Test {
 protected:
  GossipTest() {
    t.join();
    peer = t.connect_subscribed(0, 1)[0];
    t.drop_output();
    t.take<Misbehaviour>();
  }
  unsigned broken_promises() {
    unsigned count = 0;
    for (const auto& action : t.take<Misbehaviour>())
      count += action.error.is(errors::kBrokenPromise) ? action.count : 0;
    return count;
  }
  MessageId publish(std::uint64_t seed, std::size_t size = 100) {
    return t.router.publish(kTopic, Buffer::copy_of(noise(size, seed)), t.now).value()->id;
  }

  TestRouter t;
  PeerId peer = peer_id(0);
};

TEST_F(GossipTest, AsksForWhatItHasNotSeen) {
  const MessageId known = publish(1);
  t.drop_output();
  t.rpc(peer, Rpc().ihave(kTopic, {known, message_ids(1)[0], message_ids(1)[0]}));
  EXPECT_EQ(t.sent(peer).iwant, message_ids(1));
}

TEST_F(GossipTest, IhaveOfOtherTopicsIsIgnored) {
  t.rpc(peer, Rpc().ihave("/other", message_ids(5)));
  EXPECT_TRUE(t.sent(peer).empty());
}

// G4: 5001 ids, 11 RPCs in a heartbeat.
TEST_F(GossipTest, IhaveIsBoundedPerHeartbeat) {
  t.rpc(peer, Rpc().ihave(kTopic, message_ids(5001)));
  EXPECT_EQ(t.sent(peer).iwant.size(), 5000u);
  t.rpc(peer, Rpc().ihave(kTopic, message_ids(10, 2)));
  EXPECT_TRUE(t.sent(peer).empty());
  t.beat();
  for (std::uint32_t i = 0; i < 11; ++i) t.rpc(peer, Rpc().ihave(kTopic, message_ids(1, 10 + i)));
  EXPECT_EQ(t.sent(peer).iwant.size(), 10u);
}

TEST_F(GossipTest, IhaveLooksAtABoundedNumberOfIds) {
  publish(1);
  const std::vector<MessageId> known(20'000, HashDecoder::id_of(kTopic, noise(100, 1)));
  t.rpc(peer, Rpc().ihave(kTopic, known));
  t.rpc(peer, Rpc().ihave(kTopic, message_ids(1)));
  EXPECT_TRUE(t.sent(peer).iwant.empty());
  EXPECT_GT(t.router.stats().ihave_ignored, 0u);
  t.beat();
  t.rpc(peer, Rpc().ihave(kTopic, message_ids(1)));
  EXPECT_EQ(t.sent(peer).iwant, message_ids(1));
}

TEST_F(GossipTest, BrokenPromiseIsReportedOnceForAnIwant) {
  t.rpc(peer, Rpc().ihave(kTopic, message_ids(100)));
  t.beat();
  t.beat();
  EXPECT_EQ(broken_promises(), 0u);
  t.beat();
  EXPECT_EQ(broken_promises(), 1u);
  t.beat();
  EXPECT_EQ(broken_promises(), 0u);
}

TEST_F(GossipTest, PromiseIsKeptByAnyCopyOfTheMessage) {
  const Bytes data = noise(500, 1);
  t.rpc(peer, Rpc().ihave(kTopic, {HashDecoder::id_of(kTopic, data)}));
  t.connect_subscribed(1, 1);
  t.rpc(peer_id(1), Rpc().message(kTopic, data));
  for (int i = 0; i < 5; ++i) t.beat();
  EXPECT_EQ(broken_promises(), 0u);
}

// Otherwise who hangs up in time could tell of anything.
TEST_F(GossipTest, PromisesStayWhenThePeerGoes) {
  t.rpc(peer, Rpc().ihave(kTopic, message_ids(1)));
  t.disconnect(peer);
  for (int i = 0; i < 5; ++i) t.beat();
  EXPECT_EQ(broken_promises(), 1u);
}

// G5: repeats of one id, thousands of unknown ids.
TEST_F(GossipTest, IwantIsServedThreeTimesPerPeer) {
  const MessageId id = publish(1);
  t.connect_subscribed(1, 1);
  t.drop_output();
  for (int i = 0; i < 3; ++i) t.rpc(peer, Rpc().iwant({id, id}));
  EXPECT_EQ(t.sent(peer).messages.size(), 3u);
  t.rpc(peer_id(1), Rpc().iwant({id}));
  EXPECT_EQ(t.sent(peer_id(1)).messages.size(), 1u);
}

TEST_F(GossipTest, IwantIsServedForTheHistory) {
  const MessageId id = publish(1);
  for (int i = 0; i < 4; ++i) t.beat();
  t.drop_output();
  t.rpc(peer, Rpc().iwant({id}));
  EXPECT_EQ(t.sent(peer).messages.size(), 1u);
  t.beat();
  t.rpc(peer, Rpc().iwant({id}));
  EXPECT_TRUE(t.sent(peer).messages.empty());
}

TEST_F(GossipTest, IwantOfUnknownIdsIsIgnoredAndBounded) {
  const MessageId id = publish(1);
  t.drop_output();
  t.rpc(peer, Rpc().iwant(message_ids(10'000)));
  EXPECT_TRUE(t.sent(peer).empty());
  t.rpc(peer, Rpc().iwant({id}));
  EXPECT_TRUE(t.sent(peer).empty());
  EXPECT_EQ(t.router.stats().iwant_ignored, 1u);
}

TEST_F(GossipTest, IdsAreToldToPeersOutsideTheMesh) {
  t.connect_subscribed(1, 39);
  t.connect_subscribed(40, 5, Version::kFloodsub);
  for (int i = 0; i < 3; ++i) t.beat();
  const auto mesh = t.router.mesh_peers(kTopic);
  const MessageId id = publish(1);
  t.drop_output();
  std::size_t told = 0;
  t.beat();
  for (unsigned i = 0; i < 45; ++i) {
    const auto sent = t.sent(peer_id(i));
    if (sent.ihave.empty()) continue;
    ++told;
    EXPECT_EQ(sent.ihave[0].second, std::vector{id});
    EXPECT_EQ(std::ranges::count(mesh, peer_id(i)), 0);
    EXPECT_LT(i, 40u);
  }
  EXPECT_EQ(told, (40 - mesh.size()) / 4);  // a quarter of those outside is more than d_lazy
}

TEST_F(GossipTest, IdontwantGoesToTheMeshBeforeValidation) {
  t.connect_subscribed(1, 2, Version::kV11);
  t.connect_subscribed(3, 3);
  for (unsigned i = 0; i < 6; ++i) t.rpc(peer_id(i), Rpc().graft(kTopic));
  t.drop_output();
  const Bytes data = noise(1024, 1);
  t.rpc(peer, Rpc().message(kTopic, data));
  for (unsigned i = 0; i < 6; ++i) {
    EXPECT_EQ(t.sent(peer_id(i)).idontwant.size(), i >= 3 ? 1u : 0u) << i;
  }
  t.rpc(peer, Rpc().message(kTopic, noise(1023, 2)));
  EXPECT_TRUE(t.sent(peer_id(3)).idontwant.empty());
}

TEST_F(GossipTest, IdontwantGoesOutWithTheFirstPublish) {
  t.rpc(peer, Rpc().graft(kTopic));
  t.drop_output();
  const MessageId id = publish(1, 5000);
  EXPECT_EQ(t.sent(peer).idontwant, std::vector{id});
}

TEST_F(GossipTest, IdontwantSuppressesForwardingAndIwantReplies) {
  t.connect_subscribed(1, 1);
  for (unsigned i = 0; i < 2; ++i) t.rpc(peer_id(i), Rpc().graft(kTopic));
  const Bytes data = noise(5000, 1);
  const MessageId id = HashDecoder::id_of(kTopic, data);
  t.rpc(peer, Rpc().message(kTopic, data));
  t.rpc(peer_id(1), Rpc().idontwant({id}));
  t.judge(Verdict::kAccept);
  EXPECT_TRUE(t.sent(peer_id(1)).messages.empty());
  t.rpc(peer_id(1), Rpc().iwant({id}));
  EXPECT_TRUE(t.sent(peer_id(1)).messages.empty());
  EXPECT_EQ(t.router.stats().messages_unwanted, 2u);
  for (int i = 0; i < 3; ++i) t.beat();
  t.sent(peer_id(1));
  t.rpc(peer_id(1), Rpc().iwant({id}));
  EXPECT_EQ(t.sent(peer_id(1)).messages.size(), 1u);
}

TEST_F(GossipTest, IdontwantTakesBackWhatWaits) {
  t.rpc(peer, Rpc().graft(kTopic));
  const MessageId id = publish(1, 5000);
  t.rpc(peer, Rpc().idontwant({id}));
  EXPECT_TRUE(t.sent(peer).messages.empty());
}

// G6: 1001 RPCs, far too many ids, empty and huge ids.
TEST_F(GossipTest, IdontwantIsBounded) {
  t.rpc(peer, Rpc().graft(kTopic));
  std::vector<MessageId> many = message_ids(10);
  const MessageId eleventh = HashDecoder::id_of(kTopic, noise(100, 1));
  many.push_back(eleventh);
  t.rpc(peer, Rpc().idontwant(many));
  publish(1);
  EXPECT_EQ(t.sent(peer).messages.size(), 1u);

  t.rpc(peer, Rpc().idontwant(message_ids(40'000)));
  for (int i = 0; i < 998; ++i) t.rpc(peer, Rpc().idontwant(message_ids(1)));
  t.rpc(peer, Rpc().idontwant({HashDecoder::id_of(kTopic, noise(100, 2))}));  // number 1001
  publish(2);
  EXPECT_EQ(t.sent(peer).messages.size(), 1u);
  EXPECT_EQ(t.router.stats().idontwant_ignored, 3u);
}

TEST_F(GossipTest, EmptyAndHugeIdsAreHarmless) {
  Bytes list;
  const Bytes huge(64 * 1024, 7);
  protobuf::Writer(list).bytes(1, {}).bytes(1, huge);
  Bytes ihave;
  protobuf::Writer(ihave).bytes(1, as_bytes(kTopic)).bytes(2, {}).bytes(2, huge);
  Bytes control;
  protobuf::Writer(control).bytes(1, ihave).bytes(2, list).bytes(5, list);
  Bytes rpc;
  protobuf::Writer(rpc).bytes(3, control);
  ASSERT_TRUE(t.router.on_rpc(peer, Buffer::copy_of(rpc), t.now));
  EXPECT_TRUE(t.sent(peer).empty());
}

}  // namespace
}  // namespace opwire::gossipsub
