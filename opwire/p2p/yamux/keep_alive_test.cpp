#include "opwire/p2p/yamux/keep_alive.hpp"

#include <gtest/gtest.h>

namespace opwire::yamux {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
constexpr TimePoint kStart{std::chrono::hours(1)};

TEST(KeepAlive, PingsAtTheStartAndEachInterval) {
  KeepAlive pings(seconds(30), seconds(10), kStart);
  EXPECT_EQ(pings.next(), kStart);
  const auto first = pings.due(kStart);
  ASSERT_TRUE(first);
  EXPECT_FALSE(pings.due(kStart));
  EXPECT_EQ(pings.next(), kStart + seconds(10));
  pings.on_pong(*first, kStart + milliseconds(20));
  EXPECT_EQ(pings.next(), kStart + seconds(30));
  EXPECT_FALSE(pings.due(kStart + seconds(29)));
  const auto second = pings.due(kStart + seconds(30));
  ASSERT_TRUE(second);
  EXPECT_NE(*first, *second);
}

TEST(KeepAlive, MeasuresFromTheMomentOfSending) {
  KeepAlive pings(seconds(30), seconds(10), kStart);
  const auto value = pings.due(kStart);
  pings.on_sent(kStart + seconds(1));
  pings.on_pong(*value, kStart + seconds(1) + milliseconds(20));
  EXPECT_EQ(pings.rtt(), milliseconds(20));
  const auto again = pings.due(kStart + seconds(30));
  pings.on_pong(*again, kStart + seconds(30) + milliseconds(40));
  EXPECT_EQ(pings.rtt(), milliseconds(30));
}

TEST(KeepAlive, IgnoresAnswersNobodyAskedFor) {
  KeepAlive pings(seconds(30), seconds(10), kStart);
  pings.on_pong(1, kStart);
  const auto value = pings.due(kStart);
  pings.on_pong(*value + 1, kStart);
  EXPECT_EQ(pings.rtt(), Duration::zero());
  EXPECT_TRUE(pings.expired(kStart + seconds(10)));
}

TEST(KeepAlive, ExpiresOnlyInSilence) {
  KeepAlive silent(seconds(30), seconds(10), kStart);
  silent.due(kStart);
  EXPECT_FALSE(silent.expired(kStart + seconds(9)));
  EXPECT_TRUE(silent.expired(kStart + seconds(10)));

  KeepAlive busy(seconds(30), seconds(10), kStart);
  busy.due(kStart);
  busy.on_received(kStart + seconds(5));
  EXPECT_FALSE(busy.expired(kStart + seconds(10)));
  EXPECT_TRUE(busy.due(kStart + seconds(30)));
  EXPECT_TRUE(busy.expired(kStart + seconds(40)));
}

TEST(KeepAlive, CanBeTurnedOff) {
  KeepAlive pings(Duration::zero(), seconds(10), kStart);
  EXPECT_FALSE(pings.due(kStart + std::chrono::hours(1)));
  EXPECT_EQ(pings.next(), TimePoint::max());
}

}  // namespace
}  // namespace opwire::yamux
