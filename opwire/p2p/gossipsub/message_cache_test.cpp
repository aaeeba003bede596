#include "opwire/p2p/gossipsub/message_cache.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::HashDecoder;
using test::noise;
using test::peer_id;

MessagePtr message(std::uint64_t seed, std::size_t size = 100, std::string_view topic = "a") {
  Buffer data = Buffer::copy_of(noise(size, seed));
  return MessagePtr(new Message(HashDecoder::id_of(topic, data), topic, data));
}

MessageCache cache(std::size_t max_bytes = 1 << 20) {
  return MessageCache(5, 3, max_bytes, KeyedHash(1, 2));
}

TEST(MessageCache, GossipsForThreeHeartbeatsServesForFive) {
  MessageCache messages = cache();
  const MessagePtr m = message(1);
  messages.put(m);
  for (int beat = 0; beat < 5; ++beat) {
    EXPECT_EQ(messages.find(m->id), m);
    EXPECT_EQ(messages.gossip_ids("a").size(), beat < 3 ? 1u : 0u) << beat;
    messages.shift();
  }
  EXPECT_EQ(messages.find(m->id), nullptr);
  EXPECT_EQ(messages.bytes(), 0u);
}

TEST(MessageCache, GossipIsOfOneTopic) {
  MessageCache messages = cache();
  const MessagePtr a = message(1, 10, "a");
  messages.put(a);
  messages.put(message(2, 10, "b"));
  EXPECT_EQ(messages.gossip_ids("a"), std::vector{a->id});
}

TEST(MessageCache, LatestMayBeLeftOut) {
  MessageCache messages = cache();
  const MessagePtr first = message(1);
  messages.put(first);
  EXPECT_TRUE(messages.gossip_ids("a", 1).empty());
  messages.shift();
  const MessagePtr second = message(2);
  messages.put(second);
  EXPECT_EQ(messages.gossip_ids("a", 1), std::vector{first->id});
  EXPECT_EQ(messages.gossip_ids("a"), (std::vector{first->id, second->id}));
}

TEST(MessageCache, RequestsAreCountedPerPeer) {
  MessageCache messages = cache();
  const MessagePtr m = message(1);
  messages.put(m);
  EXPECT_EQ(messages.count_request(m->id, peer_id(1)), 1u);
  EXPECT_EQ(messages.count_request(m->id, peer_id(1)), 2u);
  EXPECT_EQ(messages.count_request(m->id, peer_id(2)), 1u);
  for (int i = 0; i < 300; ++i) messages.count_request(m->id, peer_id(1));
  EXPECT_EQ(messages.count_request(m->id, peer_id(1)), 255u);
}

TEST(MessageCache, FullOfBytesDropsTheOldest) {
  MessageCache messages = cache(1000);
  const MessagePtr first = message(0, 300);
  messages.put(first);
  for (std::uint64_t i = 1; i < 50; ++i) messages.put(message(i, 300));
  EXPECT_EQ(messages.size(), 3u);
  EXPECT_EQ(messages.bytes(), 900u);
  EXPECT_EQ(messages.find(first->id), nullptr);
}

}  // namespace
}  // namespace opwire::gossipsub
