#include "opwire/base/strong.hpp"

#include <gtest/gtest.h>

#include <type_traits>
#include <unordered_set>

namespace opwire {
namespace {

static_assert(!std::is_convertible_v<Hash256, Address> && !std::is_convertible_v<ByteArray<32>, Hash256>);
static_assert(!std::is_convertible_v<ChainId, BlockNumber> && !std::is_convertible_v<std::uint64_t, ChainId>);

TEST(FixedBytes, AreZeroAtFirst) {
  EXPECT_TRUE(Hash256{}.is_zero());
  Hash256 one;
  one.bytes[31] = 1;
  EXPECT_FALSE(one.is_zero());
}

TEST(FixedBytes, FromNeedsExactlyTheirLength) {
  EXPECT_TRUE(Address::from(Bytes(20, 0x11)));
  EXPECT_EQ(to_bytes(Address::from(Bytes(20, 0x11))->view()), Bytes(20, 0x11));
  EXPECT_FALSE(Address::from(Bytes(19)));
  EXPECT_FALSE(Address::from(Bytes(21)));
  EXPECT_FALSE(Address::from({}));
}

TEST(FixedBytes, OrderIsThatOfTheBytes) {
  const Address low = *Address::from(Bytes(20, 0x01));
  const Address high = *Address::from(Bytes(20, 0xff));
  EXPECT_LT(low, high);
  EXPECT_EQ(low, low);
  EXPECT_NE(low, high);
}

TEST(FixedBytes, AreKeysOfTables) {
  std::unordered_set<Hash256> set{*Hash256::from(Bytes(32, 1)), *Hash256::from(Bytes(32, 2))};
  EXPECT_TRUE(set.contains(*Hash256::from(Bytes(32, 2))));
  EXPECT_FALSE(set.contains(Hash256{}));
}

TEST(StrongNumber, ComparesByValue) {
  EXPECT_LT(BlockNumber{1}, BlockNumber{2});
  EXPECT_EQ(ChainId{10}, ChainId{10});
  EXPECT_EQ(ChainId{}.value, 0U);
}

}  // namespace
}  // namespace opwire
