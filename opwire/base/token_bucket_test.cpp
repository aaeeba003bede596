#include "opwire/base/token_bucket.hpp"

#include <gtest/gtest.h>

namespace opwire {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

TEST(TokenBucket, StartsFullAndRunsDry) {
  TokenBucket bucket(1, 3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.try_take(kStart));
  EXPECT_FALSE(bucket.try_take(kStart));
}

TEST(TokenBucket, RefillsWithTime) {
  TokenBucket bucket(2, 1);
  EXPECT_TRUE(bucket.try_take(kStart));
  EXPECT_FALSE(bucket.try_take(kStart + 499ms));
  EXPECT_TRUE(bucket.try_take(kStart + 501ms));
}

TEST(TokenBucket, SavesNoMoreThanTheBurst) {
  TokenBucket bucket(10, 2);
  EXPECT_TRUE(bucket.try_take(kStart, 2));
  const TimePoint later = kStart + 1h;
  EXPECT_TRUE(bucket.try_take(later, 2));
  EXPECT_FALSE(bucket.try_take(later));
}

TEST(TokenBucket, RefusalTakesNothing) {
  TokenBucket bucket(1, 5);
  EXPECT_FALSE(bucket.try_take(kStart, 6));
  EXPECT_TRUE(bucket.try_take(kStart, 5));
}

TEST(TokenBucket, TimeThatGoesBackIsNotCountedTwice) {
  TokenBucket bucket(1, 1);
  EXPECT_TRUE(bucket.try_take(kStart + 10s));
  EXPECT_FALSE(bucket.try_take(kStart));
  EXPECT_FALSE(bucket.try_take(kStart + 10s));
}

TEST(TokenBucket, ManySmallStepsAddUp) {
  TokenBucket bucket(1, 1);
  EXPECT_TRUE(bucket.try_take(kStart));
  int taken = 0;
  for (int step = 1; step <= 10'000; ++step) taken += bucket.try_take(kStart + step * 1ms) ? 1 : 0;
  EXPECT_GE(taken, 9);
  EXPECT_LE(taken, 10);
}

}  // namespace
}  // namespace opwire
