// Scores with op-node's parameters, old and new: what conduct costs there must cost the same here.
#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/score_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using namespace std::chrono_literals;
using test::kTopic;
using test::peer_id;
using test::TestScores;

constexpr Duration kSlot = 2s;
constexpr Duration kEpoch = 6 * kSlot;

/// Level "light" of all versions; no topics since v1.13.4.
ScoreParams light() {
  ScoreParams params;
  params.app_weight = 1;
  params.ip_colocation_weight = -35;
  params.ip_colocation_threshold = 10;
  params.behaviour_weight = -16;
  params.behaviour_threshold = 6;
  params.behaviour_decay = decay_factor(10 * kEpoch, kSlot);
  params.decay_interval = kSlot;
  params.decay_to_zero = 0.01;
  params.retain_score = 100 * kEpoch;
  return params;
}

/// With the blocks topic, as up to v1.13.3.
ScoreParams light_with_topic() {
  ScoreParams params = light();
  params.topic_score_cap = 34;
  TopicScoreParams& topic = params.topics[kTopic];
  topic.weight = 0.8;
  topic.time_in_mesh_quantum = kSlot;
  topic.time_in_mesh_cap = 1800;
  topic.time_in_mesh_weight = 10.0 / 1800;
  topic.first_deliveries_weight = 1;
  topic.first_deliveries_decay = decay_factor(20 * kEpoch, kSlot);
  topic.first_deliveries_cap = 23;
  topic.mesh_deliveries_weight = -0.7;
  topic.mesh_deliveries_decay = decay_factor(5 * kEpoch, kSlot);
  topic.mesh_deliveries_cap = 30;
  topic.mesh_deliveries_threshold = 3;
  topic.mesh_deliveries_window = 2s;
  topic.mesh_deliveries_activation = 4 * kEpoch;
  topic.mesh_failures_weight = -0.7;
  topic.mesh_failures_decay = topic.mesh_deliveries_decay;
  topic.invalid_messages_weight = -140.4475;
  topic.invalid_messages_decay = decay_factor(50 * kEpoch, kSlot);
  return params;
}

TEST(ScoreOpStack, ParametersAreValid) {
  EXPECT_TRUE(light().validate().has_value());
  EXPECT_TRUE(light_with_topic().validate().has_value());
  EXPECT_TRUE((ScoreThresholds{-10, -40, -40, 20, 0.05}.validate().has_value()));
}

TEST(ScoreOpStack, DecayFactors) {
  EXPECT_NEAR(decay_factor(5 * kEpoch, kSlot), 0.8576958986, 1e-10);
  EXPECT_NEAR(decay_factor(10 * kEpoch, kSlot), 0.9261187281, 1e-10);
  EXPECT_NEAR(decay_factor(20 * kEpoch, kSlot), 0.9623506264, 1e-10);
  EXPECT_NEAR(decay_factor(50 * kEpoch, kSlot), 0.9847666521, 1e-10);
}

TEST(ScoreOpStack, PeersOfOneAddress) {
  TestScores t(light());
  for (unsigned i = 1; i <= 10; ++i) t.connect(i, "1.2.3.4");
  EXPECT_EQ(t.score(peer_id(1)), 0);
  t.connect(11, "1.2.3.4");
  EXPECT_EQ(t.score(peer_id(1)), -35);
  t.connect(12, "1.2.3.4");
  EXPECT_EQ(t.score(peer_id(12)), -140);
}

TEST(ScoreOpStack, BrokenRules) {
  TestScores t(light());
  const PeerId a = t.connect(1);
  t.scores.add_penalty(a, 6);
  EXPECT_EQ(t.score(a), 0);
  for (unsigned excess = 1; excess <= 3; ++excess) {
    t.scores.add_penalty(a, 1);
    EXPECT_EQ(t.score(a), -16.0 * excess * excess);
  }
  t.refresh(10);
  EXPECT_EQ(t.score(a), 0);
}

TEST(ScoreOpStack, RememberedForTwentyMinutes) {
  TestScores t(light());
  const PeerId a = t.connect(1);
  t.scores.add_penalty(a, 8);
  t.disconnect(a);
  t.refresh(600);
  EXPECT_EQ(t.score(a), -64);
  t.refresh();
  EXPECT_EQ(t.score(a), 0);
}

TEST(ScoreOpStack, WithoutTopicsInvalidMessagesCostNothing) {
  TestScores t(light());
  const PeerId a = t.connect_grafted(1);
  t.send_invalid(a, 100);
  t.refresh(100);
  EXPECT_EQ(t.score(a), 0);
}

TEST(ScoreOpStack, OneInvalidMessageUsedToGraylist) {
  TestScores t(light_with_topic());
  const PeerId a = t.connect(1);
  t.send_invalid(a, 1);
  EXPECT_NEAR(t.score(a), -112.36, 0.01);
}

// −5.04 for deliveries owed; time in the mesh makes up for some of it.
TEST(ScoreOpStack, AnIdleMeshPeerUsedToSettleBelowZero) {
  TestScores t(light_with_topic());
  const PeerId a = t.connect_grafted(1);
  t.refresh(24);
  EXPECT_NEAR(t.score(a), 0.8 * 10 / 1800 * 24, 1e-9);
  t.refresh();
  EXPECT_NEAR(t.score(a), -5.04 + 0.8 * 10 / 1800 * 25, 1e-9);
  t.refresh(1800);
  EXPECT_NEAR(t.score(a), -5.04 + 8, 1e-9);
  t.scores.on_prune(a, kTopic);
  EXPECT_NEAR(t.score(a), -5.04 - 5.04, 1e-9);
}

TEST(ScoreOpStack, TheBestPeerStaysBelowTheCap) {
  TestScores t(light_with_topic());
  const PeerId a = t.connect_grafted(1);
  t.refresh(1800);
  t.deliver(a, 30);
  EXPECT_NEAR(t.score(a), 0.8 * (10 + 23), 1e-9);
}

}  // namespace
}  // namespace opwire::gossipsub
