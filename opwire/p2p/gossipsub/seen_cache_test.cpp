#include "opwire/p2p/gossipsub/seen_cache.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::noise;
using namespace std::chrono_literals;

MessageId id(std::uint64_t number) {
  return MessageId::from(noise(20, number)).value();
}

constexpr TimePoint kStart{1h};

TEST(MessageId, TakesOneToFiftyFiveBytes) {
  EXPECT_FALSE(MessageId::from({}));
  EXPECT_TRUE(MessageId::from(noise(1, 0)));
  EXPECT_TRUE(MessageId::from(noise(55, 0)));
  EXPECT_FALSE(MessageId::from(noise(56, 0)));
  EXPECT_FALSE(MessageId::from(noise(65536, 0)));
}

TEST(MessageId, LengthCounts) {
  const Bytes zeros(3, 0);
  EXPECT_NE(MessageId::from(ByteView(zeros).first(2)), MessageId::from(zeros));
}

TEST(SeenCache, FirstSeenDecidesWhenItGoes) {
  SeenCache seen(10s, 100, KeyedHash(1, 2));
  EXPECT_TRUE(seen.add(id(1), kStart));
  EXPECT_FALSE(seen.add(id(1), kStart + 9s));
  EXPECT_TRUE(seen.contains(id(1)));
  seen.expire(kStart + 10s);
  EXPECT_FALSE(seen.contains(id(1)));
  EXPECT_TRUE(seen.add(id(1), kStart + 10s));
}

TEST(SeenCache, FullDropsTheOldest) {
  SeenCache seen(10s, 3, KeyedHash(1, 2));
  for (std::uint64_t i = 0; i < 1000; ++i) seen.add(id(i), kStart);
  EXPECT_EQ(seen.size(), 3u);
  EXPECT_FALSE(seen.contains(id(996)));
  EXPECT_TRUE(seen.contains(id(997)));
}

TEST(Fifo, KeepsOrderWhileGrowingAndShrinking) {
  Fifo<int> fifo;
  int next_in = 0;
  int next_out = 0;
  for (int round = 1; round < 60; ++round) {
    for (int i = 0; i < round; ++i) fifo.push(next_in++);
    for (int i = 0; i < round - 1; ++i) {
      ASSERT_EQ(fifo.front(), next_out++);
      fifo.pop();
    }
    ASSERT_EQ(fifo.size(), static_cast<std::size_t>(next_in - next_out));
  }
  EXPECT_EQ(fifo.remove_if([](int value) { return value % 2 == 0; }), 29u);
  EXPECT_EQ(fifo.front() % 2, 1);
}

}  // namespace
}  // namespace opwire::gossipsub
