// The mesh among peers of different worth.
#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/errors.hpp"
#include "opwire/p2p/gossipsub/scored_router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::kTopic;
using test::peer_id;
using test::Rpc;
using test::ScoredRouter;
using namespace std::chrono_literals;

std::set<PeerId> mesh_of(const ScoredRouter& t) {
  const auto mesh = t.router.mesh_peers(kTopic);
  return {mesh.begin(), mesh.end()};
}

/// Connects peers [first, first + count) and lets them graft.
void fill_mesh(ScoredRouter& t, unsigned first, unsigned count, bool outbound = false) {
  for (const PeerId& peer : t.connect_subscribed(first, count, Version::kV12, outbound)) {
    t.rpc(peer, Rpc().graft(kTopic));
  }
}

Params with_peer_exchange() {
  Params params;
  params.peer_exchange = true;
  return params;
}

TEST(ScoredMesh, NegativePeersArePrunedAtTheNextBeatAndToldOfNobody) {
  ScoredRouter t(with_peer_exchange());
  t.join();
  fill_mesh(t, 0, 8);
  t.drop_output();
  t.set_worth(peer_id(3), -0.001);
  t.set_worth(peer_id(4), 0);
  ASSERT_EQ(mesh_of(t).size(), 8u);
  t.take<MeshChange>();
  t.beat();
  EXPECT_EQ(mesh_of(t).size(), 7u);
  EXPECT_EQ(mesh_of(t).count(peer_id(3)), 0u);
  const auto sent = t.sent(peer_id(3));
  ASSERT_EQ(sent.prune.size(), 1u);
  EXPECT_EQ(sent.prune[0].backoff, 60u);
  EXPECT_TRUE(sent.prune[0].peers.empty());
  const auto changes = t.take<MeshChange>();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_FALSE(changes[0].in_mesh);
}

TEST(ScoredMesh, NegativePeersAreNotGrafted) {
  ScoredRouter t;
  for (unsigned i = 0; i < 20; ++i) t.set_worth(peer_id(i), i < 17 ? -1 : 0);
  t.connect_subscribed(0, 20);
  t.join();
  const std::set<PeerId> good{peer_id(17), peer_id(18), peer_id(19)};
  EXPECT_EQ(mesh_of(t), good);
  for (int i = 0; i < 100; ++i) t.beat();
  EXPECT_EQ(mesh_of(t), good);
}

TEST(ScoredMesh, GraftOfANegativePeerIsRefusedWithoutPeers) {
  ScoredRouter t(with_peer_exchange());
  t.join();
  fill_mesh(t, 1, 5);
  const PeerId bad = t.connect_subscribed(0, 1)[0];
  t.set_worth(bad, -1);
  t.drop_output();
  t.rpc(bad, Rpc().graft(kTopic));
  EXPECT_EQ(mesh_of(t).count(bad), 0u);
  const auto sent = t.sent(bad);
  ASSERT_EQ(sent.prune.size(), 1u);
  EXPECT_EQ(sent.prune[0].backoff, 60u);
  EXPECT_TRUE(sent.prune[0].peers.empty());
  EXPECT_EQ(test::count_blame(t, errors::kGraftInBackoff), 0u) << "to be worth little is not a fault of its own";
  t.set_worth(bad, 0);
  t.rpc(bad, Rpc().graft(kTopic));
  EXPECT_EQ(test::count_blame(t, errors::kGraftInBackoff), 2u) << "that PRUNE began a back-off";
}

// A GRAFT during the back-off costs P7, and P7 squared soon makes the score negative.
TEST(ScoredMesh, GraftsDuringBackoffCostScore) {
  ScoredRouter t;
  t.join();
  const PeerId peer = t.connect_subscribed(0, 1)[0];
  t.rpc(peer, Rpc().prune(kTopic, 60));
  double last = t.router.score(peer);
  for (int i = 0; i < 3; ++i) {
    t.rpc(peer, Rpc().graft(kTopic));
    EXPECT_LT(t.router.score(peer), last);
    last = t.router.score(peer);
  }
  EXPECT_EQ(last, -36) << "three times two, squared";
  t.rpc(peer, Rpc().graft(kTopic));
  EXPECT_EQ(t.router.stats().graylisted, 1u);
}

TEST(ScoredMesh, PeerCountsWhereItIsNow) {
  Params params;
  params.scoring.emplace();
  params.scoring->params.ip_colocation_weight = -1;
  params.gater.emplace();
  test::TestRouter t(params);
  t.join();
  t.connect_subscribed(0, 2);
  for (const unsigned i : {0, 1}) t.router.on_peer_moved(peer_id(i), false, test::address_of(0), t.now);
  EXPECT_EQ(t.router.score(peer_id(0)), -1);
  t.router.on_peer_moved(peer_id(1), true, test::address_of(1), t.now);
  EXPECT_EQ(t.router.score(peer_id(0)), 0);
  t.router.on_peer_moved(peer_id(7), true, test::address_of(0), t.now);
  EXPECT_EQ(t.router.score(peer_id(0)), 0) << "a stranger counts nowhere";
}

TEST(ScoredMesh, TopicMayBeginToCount) {
  ScoredRouter t;
  t.join();
  const PeerId peer = t.connect_subscribed(0, 1)[0];
  TopicScoreParams invalid_costs;
  invalid_costs.weight = 1;
  invalid_costs.invalid_messages_weight = -1;
  invalid_costs.invalid_messages_decay = 0.5;
  ASSERT_TRUE(t.router.set_topic_score(kTopic, invalid_costs));
  t.rpc(peer, Rpc().message(kTopic, test::noise(100, 1)));
  t.judge(Verdict::kReject);
  EXPECT_EQ(t.router.score(peer), -1);
  invalid_costs.invalid_messages_weight = 1;
  EXPECT_TRUE(t.router.set_topic_score(kTopic, invalid_costs).error().is(errors::kBadParameters));
}

TEST(ScoredMesh, TrimmingKeepsTheBestAndTheOthersByChance) {
  std::set<PeerId> kept_by_chance;
  for (unsigned round = 0; round < 20; ++round) {
    test::Surroundings given;
    given.seed = round;
    ScoredRouter t(Params(), std::move(given));
    t.join();
    fill_mesh(t, 0, 12);
    for (unsigned i = 0; i < 4; ++i) t.set_worth(peer_id(2 * i), 1 + i);
    t.beat();
    std::set<PeerId> mesh = mesh_of(t);
    ASSERT_EQ(mesh.size(), 6u);
    for (unsigned i = 0; i < 4; ++i) EXPECT_EQ(mesh.erase(peer_id(2 * i)), 1u) << round;
    kept_by_chance.merge(mesh);
  }
  EXPECT_EQ(kept_by_chance.size(), 8u) << "the same ones every time is no chance";
}

TEST(ScoredMesh, TrimmingKeepsOutboundPeersWithoutLosingTheBest) {
  ScoredRouter t;
  t.join();
  fill_mesh(t, 0, 9);
  fill_mesh(t, 9, 3, true);
  for (unsigned i = 0; i < 4; ++i) t.set_worth(peer_id(i), 10);
  t.beat();
  const auto mesh = mesh_of(t);
  ASSERT_EQ(mesh.size(), 6u);
  for (unsigned i = 0; i < 4; ++i) EXPECT_EQ(mesh.count(peer_id(i)), 1u);
  EXPECT_EQ(mesh.count(peer_id(9)) + mesh.count(peer_id(10)) + mesh.count(peer_id(11)), 2u);
}

TEST(ScoredMesh, OutboundPeersAreToppedUpOnlyWithGoodOnes) {
  ScoredRouter t;
  t.join();
  t.connect_subscribed(0, 6);
  t.beat();
  for (unsigned i = 6; i < 9; ++i) t.set_worth(peer_id(i), -1);
  t.connect_subscribed(6, 4, Version::kV12, true);
  t.beat();
  EXPECT_EQ(mesh_of(t).size(), 7u);
  EXPECT_EQ(mesh_of(t).count(peer_id(9)), 1u);
}

TEST(ScoredMesh, JoiningTakesNoNegativeFanoutPeers) {
  ScoredRouter t;
  t.connect_subscribed(0, 6);
  ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(test::noise(100, 1)), t.now));
  t.set_worth(peer_id(2), -1);
  t.join();
  EXPECT_EQ(mesh_of(t).size(), 5u);
  EXPECT_EQ(mesh_of(t).count(peer_id(2)), 0u);
}

/// A mesh of six worth 1 each, and peers outside that are worth 0.5, 1 and 3.
class OpportunisticGraft : public ::testing::Test {
 protected:
  OpportunisticGraft() {
    t.join();
    fill_mesh(t, 0, 6, true);
    set_mesh_worth(1);
    const double outside[] = {0.5, 1, 3, 3, 3};
    for (unsigned i = 0; i < 5; ++i) t.set_worth(peer_id(10 + i), outside[i]);
    t.connect_subscribed(10, 5);
  }
  void set_mesh_worth(double score) {
    for (unsigned i = 0; i < 6; ++i) t.set_worth(peer_id(i), score);
  }
  void beat_until_look() {
    for (unsigned i = 0; i < t.router.params().opportunistic_graft_beats - 1; ++i) t.beat();
    ASSERT_EQ(mesh_of(t).size(), 6u) << "not before its beat";
    t.beat();
  }
  std::size_t newcomers() const {
    std::size_t count = 0;
    for (unsigned i = 10; i < 15; ++i) count += mesh_of(t).count(peer_id(i));
    return count;
  }

  ScoredRouter t;
};

TEST_F(OpportunisticGraft, TakesTwoThatAreWorthMoreThanTheMedian) {
  beat_until_look();
  EXPECT_EQ(newcomers(), 2u);
  EXPECT_EQ(mesh_of(t).count(peer_id(10)) + mesh_of(t).count(peer_id(11)), 0u) << "not above the median";
}

TEST_F(OpportunisticGraft, OnlyWhenTheMedianIsPoor) {
  set_mesh_worth(test::kGraftThreshold);
  beat_until_look();
  EXPECT_EQ(newcomers(), 0u);
}

// Of six, the fourth from below is the median, as in Go.
TEST_F(OpportunisticGraft, MedianIsTheUpperOneOfAnEvenNumber) {
  for (unsigned i = 0; i < 3; ++i) t.set_worth(peer_id(i), 2.5);
  beat_until_look();
  EXPECT_EQ(newcomers(), 0u);
  t.set_worth(peer_id(0), 1);
  beat_until_look();
  EXPECT_EQ(newcomers(), 2u);
}

TEST_F(OpportunisticGraft, RespectsBackoffs) {
  for (unsigned i = 12; i < 15; ++i) t.rpc(peer_id(i), Rpc().prune(kTopic, 3000));
  beat_until_look();
  EXPECT_EQ(newcomers(), 0u);
}

TEST_F(OpportunisticGraft, NeedsAMeshOfTwo) {
  for (unsigned i = 1; i < 6; ++i) t.rpc(peer_id(i), Rpc().prune(kTopic, 3000).subscribe(kTopic, false));
  for (unsigned i = 10; i < 15; ++i) t.rpc(peer_id(i), Rpc().prune(kTopic, 3000));
  for (unsigned i = 0; i < 120; ++i) t.beat();
  EXPECT_EQ(mesh_of(t), std::set<PeerId>{peer_id(0)});
}

TEST_F(OpportunisticGraft, WithoutScoringNothingHappens) {
  test::TestRouter plain;
  plain.join();
  plain.connect_subscribed(0, 20);
  for (unsigned i = 0; i < 180; ++i) plain.beat();
  EXPECT_EQ(plain.router.mesh_peers(kTopic).size(), 6u);
}

// A peer that leaves and comes back does not get rid of what it did (G17); nor of its back-off.
TEST(ScoredMesh, LeavingAndReturningWashesNothing) {
  ScoredRouter t;
  t.join();
  const PeerId peer = t.connect_subscribed(0, 1)[0];
  t.rpc(peer, Rpc().prune(kTopic, 60));
  for (int i = 0; i < 3; ++i) t.rpc(peer, Rpc().graft(kTopic));
  const double before = t.router.score(peer);
  ASSERT_LT(before, test::kGraylistThreshold);
  t.disconnect(peer);
  EXPECT_EQ(t.router.score(peer), before);
  t.now += 10min;
  t.connect(0);
  EXPECT_EQ(t.router.score(peer), before) << "nor does time pass for who is away";
  t.rpc(peer, Rpc().subscribe(kTopic).message(kTopic, test::noise(10, 1)));
  EXPECT_EQ(t.router.stats().graylisted, 1u);
  t.beat();
  EXPECT_TRUE(t.router.mesh_peers(kTopic).empty());
}

}  // namespace
}  // namespace opwire::gossipsub
