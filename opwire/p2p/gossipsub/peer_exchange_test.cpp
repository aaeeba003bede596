// Other peers of a topic, told of with PRUNE.
#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/scored_router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::kTopic;
using test::peer_id;
using test::Rpc;
using test::ScoredRouter;
using test::Surroundings;
using namespace std::chrono_literals;

Params exchanging() {
  Params params;
  params.peer_exchange = true;
  return params;
}

/// What a PRUNE that refuses peer 50's GRAFT, because the mesh is full, tells of others.
using Told = std::vector<std::pair<PeerId, Bytes>>;
Told told_when_pruned(ScoredRouter& t, Version version = Version::kV12) {
  t.rpc(t.connect_subscribed(50, 1, version)[0], Rpc().graft(kTopic));
  const auto sent = t.sent(peer_id(50));
  OPW_CHECK(sent.prune.size() == 1);
  EXPECT_LE(sent.frame_sizes.at(0), kMaxControlSize);
  return sent.prune[0].peers;
}
void fill_mesh(ScoredRouter& t) {
  t.join();
  for (const PeerId& member : t.connect_subscribed(0, 12)) t.rpc(member, Rpc().graft(kTopic));
}

TEST(PeerExchange, TellsOfPeersOfTheTopicAndTheirRecords) {
  Surroundings given;
  given.sealed_record = [](const PeerId& peer) { return peer == peer_id(3) ? Bytes() : Bytes(100, peer.bytes()[5]); };
  ScoredRouter t(exchanging(), std::move(given));
  fill_mesh(t);
  const Told told = told_when_pruned(t);
  EXPECT_EQ(told.size(), 12u);
  std::set<PeerId> peers;
  for (const auto& [peer, record] : told) {
    EXPECT_TRUE(peers.insert(peer).second);
    EXPECT_NE(peer, peer_id(50)) << "its own id is no news";
    EXPECT_EQ(record, peer == peer_id(3) ? Bytes() : Bytes(100, peer.bytes()[5]));
  }
}

TEST(PeerExchange, SaysNothingWhenItIsOff) {
  ScoredRouter t;
  fill_mesh(t);
  EXPECT_TRUE(told_when_pruned(t).empty());
}

TEST(PeerExchange, SaysNothingToPeersBeforeVersion11) {
  ScoredRouter t(exchanging());
  fill_mesh(t);
  EXPECT_TRUE(told_when_pruned(t, Version::kV10).empty());
}

TEST(PeerExchange, TellsOfSixteenAtMostAndOfNoNegativePeer) {
  ScoredRouter t(exchanging());
  fill_mesh(t);
  t.connect_subscribed(12, 30);
  for (unsigned i = 0; i < 42; i += 2) t.set_worth(peer_id(i), -1);
  const Told told = told_when_pruned(t);
  EXPECT_EQ(told.size(), 16u);
  for (const auto& [peer, record] : told) EXPECT_GE(t.router.score(peer), 0);
}

TEST(PeerExchange, HugeRecordsStayOut) {
  Surroundings given;
  given.sealed_record = [](const PeerId&) { return Bytes(3000, 1); };
  ScoredRouter t(exchanging(), std::move(given));
  fill_mesh(t);
  const Told told = told_when_pruned(t);
  EXPECT_EQ(told.size(), 12u);
  EXPECT_EQ(std::ranges::count_if(told, [](const auto& one) { return !one.second.empty(); }), 2);
}

TEST(PeerExchange, LeavingTellsOfOthersToo) {
  ScoredRouter t(exchanging());
  fill_mesh(t);
  t.drop_output();
  t.router.unsubscribe(kTopic, t.now);
  const auto sent = t.sent(peer_id(0));
  EXPECT_EQ(sent.prune.at(0).peers.size(), 11u);
  EXPECT_EQ(sent.prune.at(0).backoff, 10u);
}

/// A router whose peer 0 is worth believing and sends PRUNEs.
class TakingPeers : public ::testing::Test {
 protected:
  explicit TakingPeers(Params params = exchanging()) : t(std::move(params)) {
    t.join();
    peer = t.connect_subscribed(0, 1)[0];
    t.set_worth(peer, test::kAcceptPxThreshold);
    t.drop_output();
  }
  std::vector<ConnectPeer> taken(std::vector<Bytes> told) {
    t.rpc(peer, Rpc().prune_telling(kTopic, std::move(told)));
    return t.take<ConnectPeer>();
  }
  static Bytes info(unsigned number, ByteView record = {}) { return encode_peer_info(peer_id(number), record); }

  ScoredRouter t;
  PeerId peer = peer_id(0);
};

TEST_F(TakingPeers, TheyAreToBeConnectedWithTheirRecords) {
  const auto actions = taken({info(100, as_bytes("a record")), info(101)});
  ASSERT_EQ(actions.size(), 2u);
  EXPECT_EQ(actions[0].peer, peer_id(100));
  EXPECT_EQ(as_text(actions[0].record), "a record");
  EXPECT_EQ(actions[1].peer, peer_id(101));
  EXPECT_TRUE(actions[1].record.empty());
}

TEST_F(TakingPeers, OnlyFromTheThresholdOn) {
  t.set_worth(peer, test::kAcceptPxThreshold - 1e-6);
  EXPECT_TRUE(taken({info(100)}).empty());
  t.set_worth(peer, test::kAcceptPxThreshold);
  EXPECT_EQ(taken({info(100)}).size(), 1u);
}

TEST_F(TakingPeers, TopicsThatWeHaveNotJoinedDoNotCount) {
  t.rpc(peer, Rpc().prune_telling("/other", {info(100)}));
  EXPECT_TRUE(t.take<ConnectPeer>().empty());
}

// G10: ourselves, who is connected, ids that are none, bytes that are no protobuf.
TEST_F(TakingPeers, WhatIsOfNoUseIsPassedOver) {
  t.connect(1);
  Bytes no_id;
  protobuf::Writer(no_id).bytes(2, as_bytes("a record"));
  Bytes bad_id;
  protobuf::Writer(bad_id).bytes(1, as_bytes("not a peer"));
  const auto actions = taken({encode_peer_info(test::TestRouter::self(), {}), info(0), info(1), Bytes(), no_id, bad_id,
                              Bytes{0x0b}, Bytes(5, 0xff), info(100)});
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(actions[0].peer, peer_id(100));
  EXPECT_TRUE(t.take<Misbehaviour>().empty());
}

// G10: ten thousand peers, in one PRUNE or in many.
TEST_F(TakingPeers, TenThousandAreSixteen) {
  std::vector<Bytes> many;
  for (unsigned i = 0; i < 10'000; ++i) many.push_back(info(1000 + i));
  EXPECT_EQ(taken(many).size(), 16u);
  EXPECT_TRUE(taken(many).empty()) << "per heartbeat, however many PRUNEs";
  t.beat();
  Rpc rpc;
  for (unsigned i = 0; i < 1000; ++i) rpc.prune_telling(kTopic, {info(20'000 + i)});
  t.rpc(peer, rpc);
  EXPECT_EQ(t.take<ConnectPeer>().size(), 16u);
}

TEST_F(TakingPeers, SixteenWorthlessOnesAreEnoughLookedAt) {
  std::vector<Bytes> told(16, Bytes{0x0b});
  told.push_back(info(100));
  EXPECT_TRUE(taken(told).empty());
}

class TakingNoPeers : public TakingPeers {
 protected:
  TakingNoPeers() : TakingPeers(Params()) {}
};

TEST_F(TakingNoPeers, WhenItIsOff) {
  EXPECT_TRUE(taken({info(100)}).empty());
}

}  // namespace
}  // namespace opwire::gossipsub
