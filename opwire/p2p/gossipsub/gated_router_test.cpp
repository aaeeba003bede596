// What a router does when validation cannot keep up: by topic, in all, and with the peer gater.
#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/errors.hpp"
#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::HashDecoder;
using test::kTopic;
using test::noise;
using test::peer_id;
using test::Rpc;
using test::TestRouter;
using namespace std::chrono_literals;

const std::string kSecond = "/test/second";

Bytes small(std::uint64_t seed) {
  return noise(100, seed);
}

Params few_pending(std::size_t per_topic, std::size_t in_all) {
  Params params;
  params.max_pending_per_topic = per_topic;
  params.max_pending = in_all;
  return params;
}

class ThrottleTest : public ::testing::Test {
 protected:
  ThrottleTest() {
    t.join();
    OPW_CHECK(t.router.subscribe(kSecond, t.now).has_value());
    t.connect_subscribed(0, 2);
  }
  void send(const std::string& topic, std::uint64_t seed) { t.rpc(peer_id(0), Rpc().message(topic, small(seed))); }

  TestRouter t{few_pending(2, 3)};
};

TEST_F(ThrottleTest, OneTopicDoesNotTakeAllTheRoom) {
  for (std::uint64_t i = 0; i < 5; ++i) send(kTopic, i);
  EXPECT_EQ(t.router.stats().throttled, 3u);
  send(kSecond, 10);
  EXPECT_EQ(t.router.stats().throttled, 3u);
  send(kSecond, 11);
  EXPECT_EQ(t.router.stats().throttled, 4u) << "in all there is room for three";
  EXPECT_EQ(t.judge(Verdict::kAccept), 3u);
}

TEST_F(ThrottleTest, EveryVerdictMakesRoom) {
  for (const Verdict verdict : {Verdict::kAccept, Verdict::kReject, Verdict::kIgnore}) {
    const auto seed = static_cast<std::uint64_t>(verdict) * 10;
    for (std::uint64_t i = 0; i < 3; ++i) send(kTopic, seed + i);
    EXPECT_EQ(t.judge(verdict), 2u);
  }
  EXPECT_EQ(t.router.stats().throttled, 3u);
}

TEST_F(ThrottleTest, ThrottledIsNoFaultAndComesAgain) {
  for (std::uint64_t i = 0; i < 3; ++i) send(kTopic, i);
  EXPECT_TRUE(t.take<Misbehaviour>().empty());
  EXPECT_EQ(t.decoder.decodes, 2u) << "not even decoded";
}

// What is under validation counts against its topic until the verdict, however often we leave and join it.
TEST_F(ThrottleTest, LeavingATopicFreesNothing) {
  send(kTopic, 1);
  send(kTopic, 2);
  const auto waiting = t.take<ValidateMessage>();
  t.router.unsubscribe(kTopic, t.now);
  t.disconnect(peer_id(1));
  t.rpc(peer_id(0), Rpc().subscribe(kTopic, false));
  t.beat();
  t.join();
  send(kTopic, 3);
  EXPECT_EQ(t.router.stats().throttled, 1u);
  for (const auto& action : waiting) t.router.on_validation_result(action.message, Verdict::kAccept, t.now);
  send(kTopic, 3);
  EXPECT_EQ(t.judge(Verdict::kAccept), 1u);
}

Params gated() {
  Params params = few_pending(1, 1);
  params.gater = PeerGaterParams();
  return params;
}

/// Peer 0 sends good messages, peer 1 bad ones; each RPC has a second message that finds no room.
class GatedRouterTest : public ::testing::Test {
 protected:
  GatedRouterTest() {
    t.join();
    t.connect_subscribed(0, 2);
    t.drop_output();
  }
  /// How many of n RPCs are let in.
  unsigned send(unsigned from, unsigned n) {
    unsigned admitted = 0;
    for (unsigned i = 0; i < n; ++i) {
      t.rpc(peer_id(from), Rpc().message(kTopic, small(++seed_)).message(kTopic, small(++seed_)));
      admitted += static_cast<unsigned>(t.judge(from == 0 ? Verdict::kAccept : Verdict::kReject));
    }
    return admitted;
  }

  TestRouter t{gated()};

 private:
  std::uint64_t seed_ = 0;
};

TEST_F(GatedRouterTest, UselessPeersAreDroppedAtRandomAndOthersAreNot) {
  EXPECT_EQ(send(0, 50), 50u);
  const unsigned bad = send(1, 200);
  EXPECT_LT(bad, 30u);
  EXPECT_GT(bad, 0u);
  EXPECT_EQ(t.router.stats().gated, 2u * (200 - bad));
  EXPECT_EQ(send(0, 50), 50u);
}

TEST_F(GatedRouterTest, ControlIsHeededAllTheSame) {
  send(1, 50);
  unsigned asked = 0;
  for (std::uint32_t i = 0; i < 10; ++i) {
    t.rpc(peer_id(1), Rpc().message(kTopic, small(10'000 + i)).ihave(kTopic, test::message_ids(1, i)));
    asked += static_cast<unsigned>(t.sent(peer_id(1)).iwant.size());
    t.judge(Verdict::kReject);
  }
  EXPECT_EQ(asked, 10u);
}

// It kept its word; that we did not look is no fault of it.
TEST_F(GatedRouterTest, WhatIsGatedBreaksNoPromise) {
  send(1, 100);
  t.take<Misbehaviour>();
  const auto before = t.router.stats().gated;
  for (std::uint64_t i = 0; i < 9; ++i) {
    const Bytes data = small(20'000 + i);
    t.rpc(peer_id(1), Rpc().ihave(kTopic, {HashDecoder::id_of(kTopic, data)}));
    t.rpc(peer_id(1), Rpc().message(kTopic, data));
    t.judge(Verdict::kIgnore);
  }
  EXPECT_GT(t.router.stats().gated, before);
  for (int i = 0; i < 5; ++i) t.beat();
  EXPECT_EQ(t.router.stats().broken_promises, 0u);
}

TEST_F(GatedRouterTest, EndsAfterAQuietTime) {
  send(1, 100);
  t.now += 61s;
  const auto before = t.router.stats().gated;
  for (std::uint64_t i = 0; i < 50; ++i) {
    t.rpc(peer_id(1), Rpc().message(kTopic, small(30'000 + i)));
    t.judge(Verdict::kReject);
  }
  EXPECT_EQ(t.router.stats().gated, before);
}

// A new id from the same address inherits what was found out; another address does not.
TEST_F(GatedRouterTest, AddressesAreRemembered) {
  send(1, 100);
  t.disconnect(peer_id(1));
  t.router.on_peer_connected(peer_id(20), Version::kV12, false, test::address_of(1));
  t.connect(21);
  const auto admitted = [this](unsigned from) {
    unsigned count = 0;
    for (std::uint64_t i = 0; i < 50; ++i) {
      t.rpc(peer_id(from), Rpc().message(kTopic, small(from * 1000 + i)));
      count += static_cast<unsigned>(t.judge(Verdict::kIgnore));
    }
    return count;
  };
  EXPECT_LT(admitted(20), 15u);
  t.rpc(peer_id(21), Rpc().message(kTopic, small(99'999)));
  EXPECT_EQ(t.judge(Verdict::kIgnore), 1u);
}

TEST(UngatedRouter, NothingIsGated) {
  TestRouter t(few_pending(1, 1));
  t.join();
  t.connect_subscribed(0, 1);
  for (std::uint64_t i = 0; i < 100; ++i) {
    t.rpc(peer_id(0), Rpc().message(kTopic, small(2 * i)).message(kTopic, small(2 * i + 1)));
    EXPECT_EQ(t.judge(Verdict::kReject), 1u);
  }
  EXPECT_EQ(t.router.stats().gated, 0u);
}

std::vector<std::string> told(TestRouter& t) {
  std::vector<std::string> lines;
  for (const auto& change : t.take<TopicChange>()) {
    lines.push_back((change.subscribed ? "+" : "-") + change.topic + (change.peer == peer_id(0) ? " 0" : " 1"));
  }
  return lines;
}

TEST(TopicEvents, EachChangeIsToldOnce) {
  TestRouter t;
  t.connect(0);
  t.connect(1);
  t.rpc(peer_id(0), Rpc().subscribe("a").subscribe("b").subscribe("a"));
  EXPECT_EQ(told(t), (std::vector<std::string>{"+a 0", "+b 0"}));
  t.rpc(peer_id(1), Rpc().subscribe("a").subscribe("c", false));
  t.rpc(peer_id(0), Rpc().subscribe("b", false).subscribe("b", false));
  EXPECT_EQ(told(t), (std::vector<std::string>{"+a 1", "-b 0"}));
  t.disconnect(peer_id(0));
  t.disconnect(peer_id(0));
  EXPECT_EQ(told(t), (std::vector<std::string>{"-a 0"}));
}

TEST(TopicEvents, WhatIsIgnoredIsNotTold) {
  Params params;
  params.allowed_topics = {"a"};
  params.max_topics_per_peer = 1;
  TestRouter t(std::move(params));
  t.connect(0);
  t.rpc(peer_id(0), Rpc().subscribe("b").subscribe("").subscribe("a"));
  EXPECT_EQ(told(t), (std::vector<std::string>{"+a 0"}));
}

}  // namespace
}  // namespace opwire::gossipsub
