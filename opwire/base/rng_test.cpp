#include "opwire/base/rng.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace opwire {
namespace {

TEST(Rng, OneSeedOneSequence) {
  SeededRng a(1);
  SeededRng b(1);
  SeededRng c(2);
  const std::uint64_t first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, c.next());
}

TEST(Rng, FillsEveryByteOfOddLengths) {
  for (std::size_t size = 0; size < 20; ++size) {
    SeededRng rng(3);
    Bytes seen(size + 1);
    for (int i = 0; i < 64; ++i) {
      Bytes bytes(size + 1);
      rng.fill(MutableByteView(bytes).first(size));
      for (std::size_t j = 0; j <= size; ++j) seen[j] |= bytes[j];
    }
    EXPECT_EQ(std::ranges::count(seen, 0), 1) << size;
    EXPECT_EQ(seen.back(), 0) << "wrote behind the end";
  }
}

TEST(Rng, BelowReachesAllAndNothingElse) {
  SeededRng rng(4);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(rng.below(7));
  EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(rng.below(1), 0U);
  const std::uint64_t large = (std::uint64_t{1} << 63) + 1;
  for (int i = 0; i < 100; ++i) EXPECT_LT(rng.below(large), large);
}

// A range of three quarters of all values: without rejection the lower half would come up twice as often.
TEST(Rng, BelowIsUniform) {
  SeededRng rng(5);
  const std::uint64_t bound = std::uint64_t{3} << 62;
  int low = 0;
  for (int i = 0; i < 9000; ++i) low += rng.below(bound) < bound / 3 ? 1 : 0;
  EXPECT_NEAR(low, 3000, 250);
}

TEST(Rng, UnitIsInZeroToOne) {
  SeededRng rng(6);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const double value = rng.unit();
    ASSERT_GE(value, 0.0);
    ASSERT_LT(value, 1.0);
    sum += value;
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.02);
}

TEST(Rng, ShuffleKeepsTheElementsAndReachesEveryOrder) {
  SeededRng rng(7);
  std::set<std::vector<int>> orders;
  for (int i = 0; i < 200; ++i) {
    std::vector<int> values{1, 2, 3};
    rng.shuffle(values);
    orders.insert(values);
  }
  EXPECT_EQ(orders.size(), 6U);
  std::vector<int> none;
  rng.shuffle(none);
  EXPECT_TRUE(none.empty());
}

TEST(Rng, SystemBytesDiffer) {
  SystemRng rng;
  Bytes a(32);
  Bytes b(32);
  rng.fill(a);
  rng.fill(b);
  EXPECT_NE(a, b);
  Bytes large(1 << 16);
  rng.fill(large);
  EXPECT_NE(std::ranges::count(ByteView(large).last(64), 0), 64);
}

TEST(RngDeathTest, BelowZeroEndsTheProcess) {
  SeededRng rng(8);
  EXPECT_DEATH((void)rng.below(0), "broken invariant.*bound");
}

}  // namespace
}  // namespace opwire
