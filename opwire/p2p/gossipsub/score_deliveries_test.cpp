// What messages do to the scores of those who bring them.
#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/score_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using namespace std::chrono_literals;
using test::kTopic;
using test::message_id;
using test::peer_id;
using test::scoring_of;
using test::TestScores;

TopicScoreParams deliveries_wanted() {
  TopicScoreParams topic;
  topic.weight = 1;
  topic.mesh_deliveries_weight = -1;
  topic.mesh_deliveries_decay = 0.999;
  topic.mesh_deliveries_cap = 100;
  topic.mesh_deliveries_threshold = 20;
  topic.mesh_deliveries_window = 10ms;
  topic.mesh_deliveries_activation = 1s;
  return topic;
}

TopicScoreParams invalid_counts() {
  TopicScoreParams topic;
  topic.weight = 1;
  topic.invalid_messages_weight = -1;
  topic.invalid_messages_decay = 0.9;
  return topic;
}

TEST(ScoreDeliveries, FirstAndNearCountInTheMeshLateDoNot) {
  TestScores t(scoring_of(deliveries_wanted()));
  const PeerId a = t.connect_grafted(1), b = t.connect_grafted(2), c = t.connect_grafted(3);
  t.refresh();
  for (const PeerId& peer : {a, b, c}) EXPECT_EQ(t.score(peer), 0);
  for (unsigned i = 0; i < 100; ++i) {
    t.pending(i, a);
    t.accept(i);
    t.now += 10ms;
    t.duplicate(i, b);
    t.now += 1ns;
    t.duplicate(i, c);
  }
  t.refresh();
  EXPECT_EQ(t.score(a), 0);
  EXPECT_EQ(t.score(b), 0);
  EXPECT_DOUBLE_EQ(t.score(c), -400);
  EXPECT_EQ(t.counters(c).mesh_deliveries, 0);
}

TEST(ScoreDeliveries, BroughtWhilePendingCountsWhenAcceptedOnce) {
  TestScores t(scoring_of(deliveries_wanted()));
  const PeerId a = t.connect_grafted(1), b = t.connect_grafted(2);
  const PeerId outside = t.connect(3);
  t.pending(0, a);
  for (const PeerId& peer : {b, b, a, outside}) t.duplicate(0, peer);
  EXPECT_EQ(t.counters(b).mesh_deliveries, 0);
  t.now += 50s;
  t.accept(0);
  for (const PeerId& peer : {b, a, outside}) t.duplicate(0, peer);
  EXPECT_EQ(t.counters(a).mesh_deliveries, 1);
  EXPECT_EQ(t.counters(b).mesh_deliveries, 1);
  EXPECT_EQ(t.counters(outside).mesh_deliveries, 0);
}

// go-libp2p-pubsub forgets here who was first and counts it twice; the specification's "once" holds.
TEST(ScoreDeliveries, TheFirstCannotCountTwice) {
  TestScores t(scoring_of(deliveries_wanted()));
  const PeerId a = t.connect_grafted(1);
  t.deliver(a, 1);
  t.duplicate(0, a);
  EXPECT_EQ(t.counters(a).mesh_deliveries, 1);
}

TEST(ScoreDeliveries, TheFirstGetsTheCreditForIt) {
  TopicScoreParams topic;
  topic.weight = 1;
  topic.first_deliveries_weight = 2;
  topic.first_deliveries_decay = 0.9;
  topic.first_deliveries_cap = 50;
  TestScores t(scoring_of(topic));
  const PeerId a = t.connect_grafted(1), b = t.connect_grafted(2);
  for (unsigned i = 0; i < 40; ++i) t.pending(i, a), t.duplicate(i, b), t.accept(i);
  EXPECT_DOUBLE_EQ(t.score(a), 80);
  EXPECT_EQ(t.score(b), 0);
  t.deliver(a, 60, 100);
  EXPECT_DOUBLE_EQ(t.score(a), 100);
  t.refresh(2);
  EXPECT_DOUBLE_EQ(t.score(a), 100 * 0.9 * 0.9);
}

TEST(ScoreDeliveries, WhoSendsOurOwnMessageBackAtOnceIsNear) {
  TestScores t(scoring_of(deliveries_wanted()));
  const PeerId a = t.connect_grafted(1);
  t.deliver(peer_id(99), 1);  // ourselves: no peer
  t.duplicate(0, a);
  EXPECT_EQ(t.counters(a).mesh_deliveries, 1);
  EXPECT_EQ(t.scores.snapshots().size(), 1u);
}

TEST(ScoreDeliveries, RejectedMessagesCountAgainstAllWhoBroughtThem) {
  TestScores t(scoring_of(invalid_counts()));
  const PeerId a = t.connect(1), b = t.connect(2);
  t.pending(0, a);
  t.ignore(0);
  t.duplicate(0, b);
  EXPECT_EQ(t.score(a), 0);
  EXPECT_EQ(t.score(b), 0);
  // After the rejection ...
  t.pending(1, a);
  t.reject(1);
  t.duplicate(1, b);
  EXPECT_EQ(t.score(a), -1);
  EXPECT_EQ(t.score(b), -1);
  // ... and before it.
  t.pending(2, a);
  t.duplicate(2, b);
  t.reject(2);
  EXPECT_EQ(t.score(a), -4);
  EXPECT_EQ(t.score(b), -4);
  // Again and again is worse.
  t.duplicate(2, b);
  EXPECT_EQ(t.score(b), -9);
}

TEST(ScoreDeliveries, InvalidMessagesDecay) {
  TestScores t(scoring_of(invalid_counts()));
  const PeerId a = t.connect(1);
  t.send_invalid(a, 100);
  EXPECT_DOUBLE_EQ(t.score(a), -10'000);
  t.refresh(11);
  EXPECT_NEAR(t.score(a), -10'000 * std::pow(0.9, 22), 1e-8);
}

TEST(ScoreDeliveries, MalformedMessagesAreInvalidWithoutAnId) {
  TestScores t(scoring_of(invalid_counts()));
  const PeerId a = t.connect(1);
  for (int i = 0; i < 3; ++i) t.scores.on_malformed(kTopic, a);
  t.scores.on_malformed("/other", a);
  t.scores.on_malformed(kTopic, peer_id(9));
  EXPECT_EQ(t.score(a), -9);
}

TEST(ScoreDeliveries, AVerdictFindsThoseWhoLeftMeanwhile) {
  TestScores t(scoring_of(invalid_counts()));
  const PeerId a = t.connect(1);
  t.pending(0, a);
  t.disconnect(a);
  t.reject(0);
  EXPECT_EQ(t.score(a), -1);
  t.connect(1);
  EXPECT_EQ(t.score(a), -1);
}

TEST(ScoreDeliveries, AfterItsTimeAMessageIsNew) {
  TestScores t(scoring_of(deliveries_wanted()));
  const PeerId a = t.connect_grafted(1), b = t.connect_grafted(2);
  t.deliver(a, 1);
  t.now += t.scores.params().delivery_record_ttl;
  t.duplicate(0, b);
  t.deliver(b, 1);
  EXPECT_EQ(t.counters(b).mesh_deliveries, 1);
  EXPECT_EQ(t.counters(a).mesh_deliveries, 1);
}

TEST(ScoreDeliveries, TopicsThatDoNotCountLeaveNoTrace) {
  TestScores t(scoring_of(invalid_counts()));
  const PeerId a = t.connect(1);
  t.scores.on_graft(a, "/other", t.now);
  t.scores.on_pending(message_id(0), "/other", a, t.now);
  t.scores.on_rejected(message_id(0), "/other");
  t.scores.on_duplicate(message_id(0), "/other", a, t.now);
  t.scores.on_prune(a, "/other");
  t.refresh(5);
  EXPECT_EQ(t.score(a), 0);
  EXPECT_TRUE(t.snapshot(a).topics.empty());
  // An id is of one topic, but who knows what peers send: it is not known in the other.
  t.duplicate(0, a);
  EXPECT_EQ(t.score(a), 0);
}

}  // namespace
}  // namespace opwire::gossipsub
