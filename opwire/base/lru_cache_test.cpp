#include "opwire/base/lru_cache.hpp"

#include <gtest/gtest.h>

#include <string>

namespace opwire {
namespace {

TEST(LruCache, KnowsWhatWasPutIn) {
  LruCache<int, std::string> cache(2);
  EXPECT_EQ(cache.find(1), nullptr);
  cache[1] = "one";
  ASSERT_NE(cache.find(1), nullptr);
  EXPECT_EQ(*cache.find(1), "one");
  EXPECT_EQ(cache[1], "one");
  EXPECT_EQ(cache.size(), 1U);
}

TEST(LruCache, ForgetsWhatWasUsedLongestAgo) {
  LruCache<int, int> cache(2);
  cache[1] = 10;
  cache[2] = 20;
  EXPECT_NE(cache.find(1), nullptr);  // 2 is the oldest now
  cache[3] = 30;
  EXPECT_EQ(cache.find(2), nullptr);
  EXPECT_EQ(*cache.find(1), 10);
  EXPECT_EQ(*cache.find(3), 30);
  EXPECT_EQ(cache.size(), 2U);
}

TEST(LruCache, StaysBounded) {
  LruCache<int, int> cache(10);
  for (int i = 0; i < 1000; ++i) cache[i] = i;
  EXPECT_EQ(cache.size(), 10U);
  for (int i = 990; i < 1000; ++i) EXPECT_NE(cache.find(i), nullptr);
}

TEST(LruCache, ForgetsWhatItIsToldTo) {
  LruCache<int, int> cache(2);
  cache[1] = 10;
  cache[2] = 20;
  EXPECT_TRUE(cache.erase(1));
  EXPECT_FALSE(cache.erase(1));
  EXPECT_EQ(cache.find(1), nullptr);
  cache[3] = 30;
  EXPECT_EQ(*cache.find(2), 20);
  EXPECT_EQ(cache.size(), 2U);
}

TEST(LruCacheDeathTest, CapacityOfNothingEndsTheProcess) {
  EXPECT_DEATH((LruCache<int, int>(0)), "broken invariant.*capacity");
}

}  // namespace
}  // namespace opwire
