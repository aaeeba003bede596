#include "opwire/p2p/gossipsub/outbound_queue.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::message_ids;
using test::noise;
using test::Sent;
using namespace std::chrono_literals;

MessagePtr message(std::uint32_t seed, std::size_t size) {
  const Buffer data = Buffer::copy_of(noise(size, seed));
  MessagePtr m(new Message(message_ids(1, seed)[0], "t", data));
  m->frame = make_message_frame("t", data);
  return m;
}

Sent drain(OutboundQueue& queue) {
  Sent sent;
  while (const auto frame = queue.pop()) sent.add(*frame);
  return sent;
}

OutboundLimits limits(std::size_t messages, std::size_t bytes, std::size_t gossip_ids) {
  OutboundLimits all;
  all.messages = messages;
  all.bytes = bytes;
  all.gossip_ids = gossip_ids;
  return all;
}

TEST(OutboundQueue, ControlGoesFirstAndTogether) {
  OutboundQueue queue(OutboundLimits{});
  ASSERT_TRUE(queue.message(message(1, 100)));
  queue.subscription("a", true);
  queue.graft("a");
  queue.prune("b", {60s, {}});
  queue.prune("c", {});
  queue.iwant(message_ids(2));
  queue.ihave("a", message_ids(3));
  queue.idontwant(message_ids(1)[0]);
  const auto first = queue.pop();
  ASSERT_TRUE(first);
  Sent sent;
  sent.add(*first);
  EXPECT_TRUE(sent.messages.empty());
  EXPECT_EQ(sent.graft, std::vector<std::string>{"a"});
  ASSERT_EQ(sent.prune.size(), 2u);
  EXPECT_EQ(sent.prune[0].backoff, 60u);
  EXPECT_EQ(sent.prune[1].backoff, 0u);
  EXPECT_EQ(sent.iwant, message_ids(2));
  EXPECT_EQ(sent.ihave.at(0).second, message_ids(3));
  EXPECT_EQ(sent.idontwant, message_ids(1));
  EXPECT_EQ(drain(queue).messages.size(), 1u);
  EXPECT_TRUE(queue.empty());
}

TEST(OutboundQueue, TheLastWordOnATopicCounts) {
  OutboundQueue queue(OutboundLimits{});
  queue.graft("a");
  queue.prune("a", {10s, {}});
  queue.subscription("a", true);
  queue.subscription("a", false);
  const Sent sent = drain(queue);
  EXPECT_TRUE(sent.graft.empty());
  EXPECT_EQ(sent.prune.size(), 1u);
  EXPECT_EQ(sent.subscriptions, (std::vector<std::pair<std::string, bool>>{{"a", false}}));
}

// Each part stays under what rust-libp2p takes, each IDONTWANT under what Go heeds, and nothing is lost.
TEST(OutboundQueue, LargeControlIsSplitWithoutLoss) {
  OutboundQueue queue(OutboundLimits{});
  for (int i = 0; i < 900; ++i) queue.subscription("/topic/number/" + std::to_string(i), true);
  for (int i = 0; i < 900; ++i) queue.graft("/topic/number/" + std::to_string(i));
  ASSERT_EQ(queue.ihave("a", message_ids(3000, 1)), 0u);
  ASSERT_EQ(queue.ihave("b", message_ids(1000, 2)), 0u);
  ASSERT_EQ(queue.iwant(message_ids(2000, 3)), 0u);
  for (const MessageId& id : message_ids(95, 4)) ASSERT_EQ(queue.idontwant(id), 0u);

  Sent all;
  std::vector<MessageId> told_a, told_b;
  while (const auto frame = queue.pop()) {
    Sent part;
    part.add(*frame);
    EXPECT_LE(part.idontwant.size(), 10u);
    EXPECT_LE(frame->size(), kMaxControlSize);
    for (const auto& [topic, list] : part.ihave) {
      auto& told = topic == "a" ? told_a : told_b;
      told.insert(told.end(), list.begin(), list.end());
    }
    all.add(*frame);
  }
  EXPECT_EQ(all.subscriptions.size(), 900u);
  EXPECT_EQ(all.graft.size(), 900u);
  EXPECT_EQ(told_a, message_ids(3000, 1));
  EXPECT_EQ(told_b, message_ids(1000, 2));
  EXPECT_EQ(all.iwant, message_ids(2000, 3));
  EXPECT_EQ(all.idontwant, message_ids(95, 4));
  EXPECT_TRUE(queue.empty());
}

TEST(OutboundQueue, BoundedInMessages) {
  OutboundQueue queue(limits(3, 1 << 20, 10));
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_TRUE(queue.message(message(i, 10)));
  EXPECT_FALSE(queue.message(message(3, 10)));
  ASSERT_TRUE(queue.pop());
  EXPECT_TRUE(queue.message(message(4, 10)));
}

TEST(OutboundQueue, BoundedInBytesButOneAlwaysFits) {
  OutboundQueue queue(limits(100, 1000, 10));
  EXPECT_TRUE(queue.message(message(1, 5000)));
  EXPECT_FALSE(queue.message(message(2, 10)));
  ASSERT_TRUE(queue.pop());
  EXPECT_EQ(queue.message_bytes(), 0u);
  EXPECT_TRUE(queue.message(message(3, 10)));
}

TEST(OutboundQueue, GossipBeyondTheLimitIsDroppedControlIsNot) {
  OutboundQueue queue(limits(3, 1000, 10));
  EXPECT_EQ(queue.ihave("a", message_ids(8)), 0u);
  EXPECT_EQ(queue.iwant(message_ids(5)), 3u);
  EXPECT_EQ(queue.idontwant(message_ids(1)[0]), 1u);
  queue.graft("a");
  const Sent sent = drain(queue);
  EXPECT_EQ(sent.iwant.size(), 2u);
  EXPECT_TRUE(sent.idontwant.empty());
  EXPECT_EQ(sent.graft.size(), 1u);
  EXPECT_EQ(queue.iwant(message_ids(10)), 0u);
}

TEST(OutboundQueue, CancelTakesAMessageBack) {
  OutboundQueue queue(OutboundLimits{});
  queue.message(message(1, 10));
  queue.message(message(2, 10));
  EXPECT_EQ(queue.cancel(message_ids(1, 1)[0]), 1u);
  EXPECT_EQ(queue.cancel(message_ids(1, 1)[0]), 0u);
  EXPECT_EQ(drain(queue).messages.size(), 1u);
  EXPECT_EQ(queue.message_bytes(), 0u);
}

}  // namespace
}  // namespace opwire::gossipsub
