#include "opwire/opstack/gossip/seen_heights.hpp"

#include <gtest/gtest.h>

#include "opwire/opstack/gossip/errors.hpp"

namespace opwire::opstack {
namespace {

Hash256 hash_of(std::uint8_t first) {
  Hash256 hash;
  hash.bytes[0] = first;
  return hash;
}

TEST(SeenHeights, SixBlocksThenRejectEvenKnownOnes) {
  SeenHeights seen;
  for (std::uint8_t i = 0; i < 6; ++i) EXPECT_TRUE(seen.note(BlockNumber{1}, hash_of(i)));
  EXPECT_TRUE(seen.note(BlockNumber{1}, hash_of(6)).error().is(errors::kTooManyAtHeight));
  EXPECT_TRUE(seen.note(BlockNumber{1}, hash_of(0)).error().is(errors::kTooManyAtHeight));
  EXPECT_TRUE(seen.note(BlockNumber{2}, hash_of(0)));
}

TEST(SeenHeights, KnownBlockIsIgnored) {
  SeenHeights seen;
  EXPECT_TRUE(seen.note(BlockNumber{1}, hash_of(1)));
  const auto again = seen.note(BlockNumber{1}, hash_of(1));
  ASSERT_FALSE(again);
  EXPECT_TRUE(again.error().is(errors::kAlreadySeen));
  EXPECT_EQ(again.error().consequence(), Consequence::kIgnore);
}

TEST(SeenHeights, ForgetsTheHeightUsedLongestAgo) {
  SeenHeights seen;
  for (std::uint64_t i = 0; i < SeenHeights::kHeights; ++i) EXPECT_TRUE(seen.note(BlockNumber{i}, hash_of(1)));
  EXPECT_FALSE(seen.note(BlockNumber{0}, hash_of(1)));  // now the newest
  EXPECT_TRUE(seen.note(BlockNumber{5000}, hash_of(1)));
  EXPECT_TRUE(seen.note(BlockNumber{1}, hash_of(1)));
  EXPECT_FALSE(seen.note(BlockNumber{0}, hash_of(1)));
}

}  // namespace
}  // namespace opwire::opstack
