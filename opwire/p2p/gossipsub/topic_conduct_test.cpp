#include "opwire/p2p/gossipsub/topic_conduct.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace opwire::gossipsub {
namespace {

using namespace std::chrono_literals;

constexpr double kToZero = 0.01;
constexpr TimePoint kStart{1h};

TopicScoreParams deliveries_wanted() {
  TopicScoreParams params;
  params.weight = 1;
  params.mesh_deliveries_weight = -1;
  params.mesh_deliveries_decay = 0.9;
  params.mesh_deliveries_cap = 100;
  params.mesh_deliveries_threshold = 20;
  params.mesh_deliveries_activation = 10s;
  return params;
}

class Conduct {
 public:
  explicit Conduct(const TopicScoreParams& params) : topic("/topic", params) {}

  void refresh(unsigned times = 1, Duration step = 1s) {
    for (; times > 0; --times) peer.decay(kToZero, now += step);
  }
  void deliver(unsigned count) {
    for (; count > 0; --count) peer.on_first_delivery();
  }

  ScoredTopic topic;
  TopicConduct peer{topic};
  TimePoint now = kStart;
};

TEST(TopicConduct, TimeInMeshCountsInQuantaAsOfTheLastInterval) {
  TopicScoreParams params;
  params.weight = 0.5;
  params.time_in_mesh_weight = 3;
  params.time_in_mesh_quantum = 2s;
  params.time_in_mesh_cap = 3600;
  Conduct c(params);
  c.refresh(5);
  EXPECT_EQ(c.peer.score(), 0);
  c.peer.on_graft(c.now);
  c.now += 399s;
  EXPECT_EQ(c.peer.score(), 0);
  c.peer.decay(kToZero, c.now);
  EXPECT_DOUBLE_EQ(c.peer.score(), 0.5 * 3 * 199);
  EXPECT_EQ(c.peer.time_in_mesh(), 399s);
  c.peer.on_prune();
  EXPECT_EQ(c.peer.score(), 0);
  c.peer.on_graft(c.now);
  c.refresh(2);
  EXPECT_DOUBLE_EQ(c.peer.score(), 0.5 * 3);
}

TEST(TopicConduct, TimeInMeshHasACap) {
  TopicScoreParams params;
  params.weight = 0.5;
  params.time_in_mesh_weight = 1;
  params.time_in_mesh_quantum = 1ms;
  params.time_in_mesh_cap = 10;
  Conduct c(params);
  c.peer.on_graft(c.now);
  c.refresh(1, 40ms);
  EXPECT_DOUBLE_EQ(c.peer.score(), 5);
}

TEST(TopicConduct, FirstDeliveriesCountUpToACapAndDecay) {
  TopicScoreParams params;
  params.weight = 1;
  params.first_deliveries_weight = 2;
  params.first_deliveries_decay = 0.9;
  params.first_deliveries_cap = 50;
  Conduct c(params);
  c.deliver(30);
  EXPECT_DOUBLE_EQ(c.peer.score(), 60);  // in no mesh, too
  c.deliver(70);
  EXPECT_DOUBLE_EQ(c.peer.score(), 100);
  c.refresh(11);
  EXPECT_DOUBLE_EQ(c.peer.score(), 100 * std::pow(0.9, 11));
  c.refresh(69);
  EXPECT_GT(c.peer.score(), 0);  // 50 · 0.9^80 = 0.0109
  c.refresh(1);
  EXPECT_EQ(c.peer.score(), 0);
}

TEST(TopicConduct, MeshDeliveriesAreMissedOnlyAfterTheActivationTime) {
  Conduct c(deliveries_wanted());
  c.peer.on_graft(c.now);
  c.refresh(10);
  EXPECT_EQ(c.peer.score(), 0);
  c.refresh(1, 1ns);
  EXPECT_DOUBLE_EQ(c.peer.score(), -400);
  c.peer.on_graft(c.now);  // another time in the mesh
  EXPECT_EQ(c.peer.score(), 0);
}

TEST(TopicConduct, MeshDeliveriesDecayBelowTheThreshold) {
  Conduct c(deliveries_wanted());
  c.peer.on_graft(c.now);
  c.deliver(40);
  c.refresh(1, 11s);
  EXPECT_EQ(c.peer.score(), 0);
  c.refresh(20);
  const double deficit = 20 - 40 * std::pow(0.9, 21);
  EXPECT_DOUBLE_EQ(c.peer.score(), -deficit * deficit);
}

TEST(TopicConduct, MeshDeliveriesCountInTheMeshOnlyAndUpToACap) {
  Conduct c(deliveries_wanted());
  c.deliver(5);
  c.peer.on_near_delivery();
  EXPECT_EQ(c.peer.mesh_deliveries(), 0);
  c.peer.on_graft(c.now);
  c.deliver(60);
  for (int i = 0; i < 60; ++i) c.peer.on_near_delivery();
  EXPECT_EQ(c.peer.mesh_deliveries(), 100);
  c.peer.on_prune();
  c.peer.on_graft(c.now);
  EXPECT_EQ(c.peer.mesh_deliveries(), 100);
}

TEST(TopicConduct, DeficitSticksOncePruned) {
  TopicScoreParams params = deliveries_wanted();
  params.mesh_deliveries_weight = 0;
  params.mesh_failures_weight = -1;
  params.mesh_failures_decay = 0.5;
  Conduct c(params);
  c.peer.on_graft(c.now);
  c.refresh(1, 11s);
  EXPECT_EQ(c.peer.score(), 0);
  c.peer.on_prune();
  EXPECT_DOUBLE_EQ(c.peer.score(), -400);
  c.peer.on_prune();
  EXPECT_DOUBLE_EQ(c.peer.score(), -400);
  c.refresh(1);
  EXPECT_DOUBLE_EQ(c.peer.score(), -200);
  // A second time in the mesh adds to it.
  c.peer.on_graft(c.now);
  c.refresh(1, 11s);
  c.peer.on_prune();
  EXPECT_DOUBLE_EQ(c.peer.score(), -500);
}

TEST(TopicConduct, NoDeficitNothingSticks) {
  TopicScoreParams params = deliveries_wanted();
  params.mesh_failures_weight = -1;
  params.mesh_failures_decay = 0.5;
  Conduct delivered(params);
  delivered.peer.on_graft(delivered.now);
  delivered.deliver(30);
  delivered.refresh(1, 11s);
  delivered.peer.on_prune();
  EXPECT_EQ(delivered.peer.score(), 0);
  Conduct early(params);
  early.peer.on_graft(early.now);
  early.refresh(1, 10s);
  early.peer.on_prune();
  EXPECT_EQ(early.peer.score(), 0);
}

// As go-libp2p-pubsub has it: only the next graft ends what a peer owes.
TEST(TopicConduct, APrunedPeerOwesItsDeliveriesYet) {
  Conduct c(deliveries_wanted());
  c.peer.on_graft(c.now);
  c.deliver(10);
  c.refresh(1, 11s);
  c.peer.on_prune();
  EXPECT_DOUBLE_EQ(c.peer.score(), -11 * 11);
  c.refresh(100);
  EXPECT_DOUBLE_EQ(c.peer.score(), -20 * 20);
  c.peer.on_graft(c.now);
  EXPECT_EQ(c.peer.score(), 0);
}

TEST(TopicConduct, InvalidMessagesAreSquaredAndDecay) {
  TopicScoreParams params;
  params.weight = 1;
  params.invalid_messages_weight = -1;
  params.invalid_messages_decay = 0.9;
  Conduct c(params);
  for (int i = 0; i < 100; ++i) c.peer.on_invalid_message();
  EXPECT_DOUBLE_EQ(c.peer.score(), -10'000);
  c.refresh(11);
  EXPECT_DOUBLE_EQ(c.peer.score(), -std::pow(100 * std::pow(0.9, 11), 2));
}

TEST(TopicConduct, WithoutWeightsNothingCounts) {
  Conduct c(TopicScoreParams{});
  c.peer.on_graft(c.now);
  c.deliver(5);
  c.peer.on_invalid_message();
  c.refresh(1, 11s);
  c.peer.on_disconnected();
  EXPECT_EQ(c.peer.score(), 0);
}

TEST(TopicConduct, CountersAreCutToNewCaps) {
  TopicScoreParams params = deliveries_wanted();
  params.first_deliveries_weight = 10;
  params.first_deliveries_decay = 0.5;
  params.first_deliveries_cap = 100;
  Conduct c(params);
  c.peer.on_graft(c.now);
  c.deliver(100);
  c.topic.second.first_deliveries_cap = 50;
  c.topic.second.mesh_deliveries_cap = 60;
  c.peer.cap();
  EXPECT_EQ(c.peer.first_deliveries(), 50);
  EXPECT_EQ(c.peer.mesh_deliveries(), 60);
  EXPECT_DOUBLE_EQ(c.peer.score(), 500);
}

}  // namespace
}  // namespace opwire::gossipsub
