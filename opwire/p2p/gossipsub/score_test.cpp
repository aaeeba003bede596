#include "opwire/p2p/gossipsub/score.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "opwire/p2p/gossipsub/errors.hpp"
#include "opwire/p2p/gossipsub/score_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using namespace std::chrono_literals;
using test::kTopic;
using test::peer_id;
using test::scoring_of;
using test::TestScores;

TopicScoreParams topic_of_all() {
  TopicScoreParams topic;
  topic.weight = 1;
  topic.first_deliveries_weight = 1;
  topic.first_deliveries_decay = 0.9;
  topic.first_deliveries_cap = 100;
  topic.mesh_deliveries_decay = 0.9;
  topic.mesh_deliveries_cap = 100;
  topic.mesh_deliveries_threshold = 20;
  topic.mesh_failures_weight = -1;
  topic.mesh_failures_decay = 0.9;
  topic.invalid_messages_weight = -1;
  topic.invalid_messages_decay = 0.9;
  return topic;
}

TEST(Score, StartsAtZeroAndStrangersAreWorthNothing) {
  TestScores t(scoring_of(topic_of_all()));
  EXPECT_EQ(t.score(t.connect(1)), 0);
  t.scores.add_penalty(peer_id(2), 100);
  t.scores.on_graft(peer_id(2), kTopic, t.now);
  t.scores.on_disconnected(peer_id(2), t.now);
  EXPECT_EQ(t.score(peer_id(2)), 0);
  EXPECT_EQ(t.scores.snapshots().size(), 1u);
}

TEST(Score, TopicsAddUpAndTheirSumIsCappedAboveOnly) {
  ScoreParams params = scoring_of(topic_of_all());
  params.topics["/other"] = topic_of_all();
  params.topics["/other"].weight = 0.5;
  params.topic_score_cap = 10;
  params.app_weight = 1;
  TestScores t(params, [](const PeerId&) { return 3; });
  const PeerId a = t.connect(1);
  t.deliver(a, 4);
  t.scores.on_malformed("/other", a);
  EXPECT_DOUBLE_EQ(t.score(a), 4 - 0.5 + 3);
  t.deliver(a, 60, 10);
  EXPECT_DOUBLE_EQ(t.score(a), 10 + 3);
  t.send_invalid(a, 20);
  EXPECT_DOUBLE_EQ(t.score(a), 64 - 0.5 - 400 + 3);
}

TEST(Score, ApplicationScoreCountsAtOnce) {
  double value = 0;
  ScoreParams params;
  params.app_weight = 0.5;
  TestScores t(params, [&](const PeerId& peer) { return peer == peer_id(1) ? value : 0; });
  t.connect(1);
  t.connect(2);
  for (value = -100; value < 100; ++value) EXPECT_EQ(t.score(peer_id(1)), value / 2);
  EXPECT_EQ(t.score(peer_id(2)), 0);
  EXPECT_EQ(t.snapshot(peer_id(1)).app, 100);
  value = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(t.score(peer_id(1)), 0);
  value = -std::numeric_limits<double>::infinity();
  EXPECT_EQ(t.score(peer_id(1)), 0);
}

TEST(Score, BrokenRulesAreSquaredAndDecay) {
  ScoreParams params;
  params.behaviour_weight = -1;
  params.behaviour_decay = 0.99;
  TestScores t(params);
  const PeerId a = t.connect(1);
  t.scores.add_penalty(a, 1);
  EXPECT_EQ(t.score(a), -1);
  t.scores.add_penalty(a, 1);
  EXPECT_EQ(t.score(a), -4);
  t.refresh();
  EXPECT_DOUBLE_EQ(t.score(a), -3.9204);
  t.refresh(1000);
  EXPECT_EQ(t.score(a), 0);
}

TEST(Score, BrokenRulesAreForgivenBelowTheThreshold) {
  ScoreParams params;
  params.behaviour_weight = -10;
  params.behaviour_threshold = 5;
  params.behaviour_decay = 0.5;
  TestScores t(params);
  const PeerId a = t.connect(1);
  t.scores.add_penalty(a, 5);
  EXPECT_EQ(t.score(a), 0);
  t.scores.add_penalty(a, 3);
  EXPECT_EQ(t.score(a), -90);
  EXPECT_EQ(t.snapshot(a).behaviour, 8);
}

TEST(Score, ABadScoreIsRememberedForItsTime) {
  ScoreParams params;
  params.app_weight = 1;
  params.retain_score = 10s;
  TestScores t(params, [](const PeerId&) { return -1000; });
  const PeerId a = t.connect(1);
  EXPECT_EQ(t.score(a), -1000);
  t.disconnect(a);
  t.refresh(10);
  EXPECT_EQ(t.score(a), -1000);
  t.refresh();
  EXPECT_EQ(t.score(a), 0);
  EXPECT_TRUE(t.scores.snapshots().empty());
}

TEST(Score, AGoodScoreIsForgottenAtOnce) {
  TestScores t(scoring_of(topic_of_all()));
  const PeerId a = t.connect(1);
  t.deliver(a, 10);
  t.disconnect(a);
  EXPECT_TRUE(t.scores.snapshots().empty());
  EXPECT_EQ(t.score(t.connect(1)), 0);
}

TEST(Score, WhatSpeaksForAPeerIsNotRemembered) {
  TestScores t(scoring_of(topic_of_all()));
  const PeerId a = t.connect(1);
  t.deliver(a, 4);
  t.send_invalid(a, 2);
  EXPECT_EQ(t.score(a), 0);
  t.disconnect(a);
  EXPECT_EQ(t.score(a), -4);
}

TEST(Score, LeavingInDeficitCostsWhatAPruneCosts) {
  TestScores t(scoring_of(topic_of_all()));
  const PeerId a = t.connect_grafted(1), b = t.connect_grafted(2);
  t.refresh();
  t.disconnect(a);
  EXPECT_DOUBLE_EQ(t.score(a), -400);
  t.scores.on_prune(b, kTopic);
  EXPECT_DOUBLE_EQ(t.score(b), -400);
  t.disconnect(b);  // not twice
  EXPECT_DOUBLE_EQ(t.score(b), -400);
  t.connect(1);
  EXPECT_EQ(t.snapshot(a).topics.front().time_in_mesh, 0s);
}

// No time passes for it outside.
TEST(Score, LeavingAndComingBackWashesNothing) {
  ScoreParams params = scoring_of(topic_of_all());
  params.behaviour_weight = -1;
  params.behaviour_decay = 0.9;
  params.retain_score = 100s;
  TestScores t(params);
  const PeerId a = t.connect(1);
  t.send_invalid(a, 10);
  t.scores.add_penalty(a, 3);
  for (int i = 0; i < 20; ++i) {
    EXPECT_DOUBLE_EQ(t.score(a), -109);
    t.disconnect(a);
    t.refresh(100);
    t.connect(1);
  }
  // Nor is it washed little by little.
  t.deliver(a, 60);
  EXPECT_DOUBLE_EQ(t.score(a), -49);
  t.disconnect(a);
  t.connect(1);
  t.deliver(a, 60);
  EXPECT_DOUBLE_EQ(t.score(a), -49);
}

TEST(Score, RemembersOnlySoMany) {
  ScoreParams params;
  params.behaviour_weight = -1;
  params.behaviour_decay = 0.9;
  params.max_retained = 3;
  TestScores t(params);
  for (unsigned i = 1; i <= 5; ++i) {
    t.connect(i);
    t.scores.add_penalty(peer_id(i), i);
  }
  t.connect(6);
  for (unsigned i = 5; i >= 1; --i) {
    t.now += 1s;
    t.disconnect(peer_id(i));
  }
  EXPECT_EQ(t.scores.snapshots().size(), 4u);
  EXPECT_EQ(t.score(peer_id(5)), 0);
  EXPECT_EQ(t.score(peer_id(4)), 0);
  for (unsigned i = 1; i <= 3; ++i) EXPECT_EQ(t.score(peer_id(i)), -static_cast<double>(i * i));
  // One that came back needs no place among them.
  t.connect(3);
  t.connect(7);
  t.disconnect(peer_id(7));
  EXPECT_EQ(t.scores.snapshots().size(), 5u);
}

TEST(Score, SnapshotsTellAllInOrder) {
  ScoreParams params = scoring_of(topic_of_all());
  params.topics["/a"] = topic_of_all();
  params.behaviour_weight = -1;
  params.behaviour_decay = 0.9;
  TestScores t(params);
  for (const unsigned i : {5u, 1u, 3u}) t.connect(i);
  t.scores.on_graft(peer_id(1), kTopic, t.now);
  t.refresh(2);
  t.deliver(peer_id(1), 2);
  t.scores.on_malformed("/a", peer_id(1));
  t.scores.add_penalty(peer_id(3), 2);
  t.disconnect(peer_id(3));
  const auto list = t.scores.snapshots();
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0].peer, peer_id(1));
  EXPECT_EQ(list[1].peer, peer_id(3));
  EXPECT_EQ(list[2].peer, peer_id(5));
  EXPECT_TRUE(list[0].connected);
  EXPECT_FALSE(list[1].connected);
  EXPECT_EQ(list[0].score, 1);
  EXPECT_EQ(list[1].score, -4);
  ASSERT_EQ(list[0].topics.size(), 2u);
  EXPECT_EQ(list[0].topics[0].topic, "/a");
  EXPECT_EQ(list[0].topics[0].invalid_messages, 1);
  EXPECT_EQ(list[0].topics[1].topic, kTopic);
  EXPECT_EQ(list[0].topics[1].time_in_mesh, 2s);
  EXPECT_EQ(list[0].topics[1].first_deliveries, 2);
  EXPECT_EQ(list[0].topics[1].mesh_deliveries, 2);
}

TEST(Score, NewCapsCutCounters) {
  TestScores t(scoring_of(topic_of_all()));
  const PeerId a = t.connect_grafted(1), b = t.connect_grafted(2);
  for (unsigned i = 0; i < 100; ++i) t.pending(i, a), t.duplicate(i, b), t.accept(i);
  EXPECT_EQ(t.counters(a).first_deliveries, 100);
  EXPECT_EQ(t.counters(b).mesh_deliveries, 100);
  TopicScoreParams lower = topic_of_all();
  lower.first_deliveries_cap = lower.mesh_deliveries_cap = 50;
  ASSERT_TRUE(t.scores.set_topic(kTopic, lower).has_value());
  EXPECT_EQ(t.counters(a).first_deliveries, 50);
  EXPECT_EQ(t.counters(b).mesh_deliveries, 50);
}

TEST(Score, NewWeightsCountForWhatWasDone) {
  TestScores t(scoring_of(topic_of_all()));
  const PeerId a = t.connect(1);
  t.send_invalid(a, 100);
  EXPECT_EQ(t.score(a), -10'000);
  TopicScoreParams heavier = topic_of_all();
  heavier.invalid_messages_weight = -10;
  ASSERT_TRUE(t.scores.set_topic(kTopic, heavier).has_value());
  EXPECT_EQ(t.score(a), -100'000);
  heavier.invalid_messages_weight = 10;
  EXPECT_TRUE(t.scores.set_topic(kTopic, heavier).error().is(errors::kBadParameters));
  EXPECT_EQ(t.score(a), -100'000);
}

TEST(Score, ANewTopicCountsFromNowOn) {
  TestScores t{ScoreParams{}};
  const PeerId a = t.connect(1);
  t.send_invalid(a, 3);
  EXPECT_EQ(t.score(a), 0);
  ASSERT_TRUE(t.scores.set_topic(kTopic, topic_of_all()).has_value());
  t.send_invalid(a, 2);
  EXPECT_EQ(t.score(a), -4);
}

}  // namespace
}  // namespace opwire::gossipsub
