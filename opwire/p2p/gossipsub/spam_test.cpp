// Peers that flood us, and what becomes of their scores: the counterparts of go-libp2p-pubsub's spam tests.
#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/errors.hpp"
#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::kTopic;
using test::message_ids;
using test::noise;
using test::peer_id;
using test::Rpc;
using test::TestRouter;
using namespace std::chrono_literals;

TopicScoreParams all_of_it() {
  TopicScoreParams topic;
  topic.weight = 1;
  topic.first_deliveries_weight = 1;
  topic.first_deliveries_decay = 0.9;
  topic.first_deliveries_cap = 10;
  topic.mesh_deliveries_weight = -1;
  topic.mesh_deliveries_decay = 0.9;
  topic.mesh_deliveries_cap = 20;
  topic.mesh_deliveries_threshold = 5;
  topic.mesh_deliveries_window = 10ms;
  topic.mesh_deliveries_activation = 5s;
  topic.mesh_failures_weight = -1;
  topic.mesh_failures_decay = 0.99;
  topic.invalid_messages_weight = -1;
  topic.invalid_messages_decay = 0.99;
  return topic;
}

Params scored(const TopicScoreParams& topic) {
  Params params;
  Scoring scoring;
  scoring.params.topics[kTopic] = topic;
  scoring.params.behaviour_weight = -1;
  scoring.params.behaviour_decay = 0.99;
  scoring.params.ip_colocation_weight = -1;
  scoring.params.ip_colocation_threshold = 3;
  scoring.thresholds.gossip = -10;
  scoring.thresholds.publish = -100;
  scoring.thresholds.graylist = -1000;
  params.scoring = std::move(scoring);
  return params;
}

/// Only what is wrong counts: nobody has to deliver.
Params without_p3() {
  TopicScoreParams topic;
  topic.weight = 1;
  topic.invalid_messages_weight = -1;
  topic.invalid_messages_decay = 0.99;
  return scored(topic);
}

/// Peer 0 attacks.
class SpamTest : public ::testing::Test {
 protected:
  explicit SpamTest(Params params = without_p3()) : t(std::move(params)) {
    t.join();
    attacker = t.connect_subscribed(0, 1)[0];
    t.drop_output();
  }
  double score() const { return t.router.score(attacker); }

  TestRouter t;
  PeerId attacker = peer_id(0);
};

TEST_F(SpamTest, IwantIsAnsweredAsOftenAsIsAllowed) {
  std::vector<MessageId> ids;
  for (std::uint64_t i = 0; i < 20; ++i) {
    ids.push_back(t.router.publish(kTopic, Buffer::copy_of(noise(1000, i)), t.now).value()->id);
  }
  t.drop_output();
  std::size_t answers = 0;
  for (int i = 0; i < 500; ++i) {
    t.rpc(attacker, Rpc().iwant(ids));
    answers += t.sent(attacker).messages.size();
  }
  EXPECT_EQ(answers, 20u * t.router.params().gossip_retransmission);
  EXPECT_EQ(score(), 0) << "as in Go, it is only bounded";
}

// Promised and never sent: each IWANT of ours is one promise, at most ten per heartbeat, and each costs.
TEST_F(SpamTest, IhaveWithoutTheMessagesDrivesTheScoreDown) {
  std::uint32_t set = 0;
  const auto spam = [&] {
    for (int i = 0; i < 100; ++i) t.rpc(attacker, Rpc().ihave(kTopic, message_ids(1, ++set)));
    return t.sent(attacker).iwant.size();
  };
  EXPECT_EQ(spam(), 10u);
  EXPECT_EQ(score(), 0);
  for (int i = 0; i < 3; ++i) t.beat();
  EXPECT_EQ(t.router.stats().broken_promises, 10u);
  EXPECT_NEAR(score(), -100, 1e-9);
  EXPECT_EQ(spam(), 0u) << "below the gossip threshold";
  for (int i = 0; i < 10; ++i) t.beat();
  EXPECT_EQ(t.router.stats().broken_promises, 10u) << "so it cannot break more";
}

TEST_F(SpamTest, OneIdToldOfAgainAndAgainIsOnePromise) {
  for (int beat = 0; beat < 3; ++beat) {
    for (int i = 0; i < 10; ++i) t.rpc(attacker, Rpc().ihave(kTopic, message_ids(1, 5)));
    t.beat();
  }
  t.beat();
  EXPECT_EQ(t.router.stats().broken_promises, 1u);
}

TEST_F(SpamTest, GraftsForUnknownTopicsAreNeitherAnsweredNorCharged) {
  for (int i = 0; i < 1000; ++i) t.rpc(attacker, Rpc().graft("/non-existent/" + std::to_string(i)));
  EXPECT_TRUE(t.sent(attacker).empty());
  EXPECT_EQ(t.router.topics(), std::vector{kTopic});
  EXPECT_EQ(score(), 0);
}

// At once, after the flood window, and when the back-off is over: two, one and no broken rules.
TEST_F(SpamTest, GraftsDuringBackoffAtThreeTimings) {
  t.rpc(attacker, Rpc().graft(kTopic));
  t.rpc(attacker, Rpc().prune(kTopic, 60));
  t.now += 100ms;
  t.rpc(attacker, Rpc().graft(kTopic));
  EXPECT_EQ(score(), -4);
  EXPECT_EQ(t.sent(attacker).prune.size(), 1u);
  t.now += t.router.params().graft_flood_threshold + 1s;
  t.rpc(attacker, Rpc().graft(kTopic));
  EXPECT_EQ(score(), -9);
  EXPECT_EQ(t.sent(attacker).prune.size(), 1u);
  t.now += t.router.params().prune_backoff;
  t.rpc(attacker, Rpc().graft(kTopic));
  EXPECT_EQ(score(), -9);
  EXPECT_EQ(t.sent(attacker).prune.size(), 1u) << "for its score, not for the back-off";
  EXPECT_TRUE(t.router.mesh_peers(kTopic).empty());
}

// G14, from one peer: invalid messages are squared, and after 32 of them the peer is not heard any more.
TEST_F(SpamTest, InvalidMessagesLeadToTheGraylist) {
  for (std::uint64_t i = 0; i < 1000; ++i) {
    t.rpc(attacker, Rpc().message(kTopic, noise(100, i)));
    t.judge(Verdict::kReject);
  }
  EXPECT_EQ(t.router.stats().rejected, 32u);
  EXPECT_EQ(t.router.stats().graylisted, 968u);
  EXPECT_EQ(t.decoder.decodes, 32u);
  EXPECT_EQ(score(), -1024);
}

TEST_F(SpamTest, SignedMessagesWhereNoneMayBeCountAsInvalid) {
  Bytes message;
  protobuf::Writer(message).bytes(2, noise(100, 1)).bytes(4, as_bytes(kTopic)).bytes(5, noise(64, 1));
  for (int i = 0; i < 100; ++i) t.rpc(attacker, Rpc().raw_message(message));
  EXPECT_EQ(t.router.stats().refused_author, 32u);
  EXPECT_EQ(t.router.stats().graylisted, 68u);
}

// Whoever brings what was rejected before is as much to blame, each time; the bytes are not even decoded.
TEST_F(SpamTest, RepeatingARejectedMessageCosts) {
  const PeerId second = t.connect_subscribed(1, 1)[0];
  t.rpc(attacker, Rpc().message(kTopic, noise(100, 1)));
  t.judge(Verdict::kReject);
  for (int i = 0; i < 3; ++i) t.rpc(second, Rpc().message(kTopic, noise(100, 1)));
  EXPECT_EQ(score(), -1);
  EXPECT_EQ(t.router.score(second), -9);
  EXPECT_EQ(t.decoder.decodes, 1u);
}

// G14, from many on one address: beyond the third they all pay for the crowd, squared.
TEST_F(SpamTest, ManyPeersOnOneAddress) {
  for (unsigned i = 10; i < 22; ++i) {
    t.router.on_peer_connected(peer_id(i), Version::kV12, false, test::address_of(10));
  }
  for (unsigned i = 10; i < 22; ++i) EXPECT_EQ(t.router.score(peer_id(i)), -81);
  EXPECT_EQ(score(), 0);
  for (unsigned i = 10; i < 22; ++i) t.rpc(peer_id(i), Rpc().graft(kTopic));
  EXPECT_TRUE(t.router.mesh_peers(kTopic).empty()) << "none of them gets into a mesh";
}

TEST_F(SpamTest, IgnoredAndThrottledMessagesCostNothing) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    t.rpc(attacker, Rpc().message(kTopic, noise(100, i)));
    t.judge(Verdict::kIgnore);
  }
  EXPECT_EQ(score(), 0);
}

// IDONTWANT: RPCs beyond a thousand per heartbeat are not heeded, and all is forgotten after three heartbeats.
TEST_F(SpamTest, IdontwantIsForgotten) {
  t.rpc(attacker, Rpc().graft(kTopic));
  t.drop_output();
  std::vector<MessageId> wanted;
  for (std::uint64_t i = 0; i < 20; ++i) wanted.push_back(test::HashDecoder::id_of(kTopic, noise(100, i)));
  for (const MessageId& id : wanted) t.rpc(attacker, Rpc().idontwant({id}));
  for (std::uint32_t i = 0; i < 2000; ++i) t.rpc(attacker, Rpc().idontwant(message_ids(10, 100 + i)));
  EXPECT_EQ(t.router.stats().idontwant_ignored, 1020u);
  ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(noise(100, 0)), t.now));
  EXPECT_EQ(t.sent(attacker).messages.size(), 1u) << "the table is bounded: the oldest went";
  for (int i = 0; i < 3; ++i) t.beat();
  for (std::uint64_t i = 1; i < 20; ++i) {
    ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(noise(100, i)), t.now));
  }
  EXPECT_EQ(t.sent(attacker).messages.size(), 19u);
  EXPECT_EQ(score(), 0);
}

class CensorTest : public SpamTest {
 protected:
  CensorTest() : SpamTest(scored(all_of_it())) {}
};

// G18: what a peer gathers by bringing much is capped, and what it then holds back in the mesh costs more.
TEST_F(CensorTest, LoveBombingDoesNotPayForCensoring) {
  t.rpc(attacker, Rpc().graft(kTopic));
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    t.rpc(attacker, Rpc().message(kTopic, noise(20, i)));
    t.judge(Verdict::kAccept);
  }
  EXPECT_EQ(score(), 10);
  int beats = 0;
  while (!t.router.mesh_peers(kTopic).empty() && beats < 100) t.beat(), ++beats;
  EXPECT_LT(beats, 30) << "it stays in the mesh though it holds back";
  EXPECT_LT(score(), 0);
}

// G17: leaving a topic, or the connection, takes nothing off.
TEST_F(CensorTest, LeavingAndRejoiningTheTopicWashesNothing) {
  for (std::uint64_t i = 0; i < 5; ++i) {
    t.rpc(attacker, Rpc().message(kTopic, noise(20, i)));
    t.judge(Verdict::kReject);
  }
  const double before = score();
  EXPECT_EQ(before, -25);
  t.rpc(attacker, Rpc().subscribe(kTopic, false).subscribe(kTopic));
  EXPECT_EQ(score(), before);
  for (int i = 0; i < 3; ++i) {
    t.disconnect(attacker);
    t.connect_subscribed(0, 1);
  }
  EXPECT_EQ(score(), before);
}

}  // namespace
}  // namespace opwire::gossipsub
