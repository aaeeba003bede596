#include "opwire/p2p/gossipsub/keyed_hash.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace opwire::gossipsub {
namespace {

// The reference key 00 01 .. 0f and the reference inputs 00 01 .. of SipHash-2-4.
TEST(KeyedHash, ReferenceValues) {
  const KeyedHash hash(0x0706050403020100, 0x0f0e0d0c0b0a0908);
  ByteArray<15> input;
  std::iota(input.begin(), input.end(), std::uint8_t{0});
  EXPECT_EQ(hash({}), 0x726fdb47dd0e0e31u);
  EXPECT_EQ(hash(ByteView(input).first(1)), 0x74f839c593dc67fdu);
  EXPECT_EQ(hash(ByteView(input).first(8)), 0x93f5f5799a932462u);
  EXPECT_EQ(hash(input), 0xa129ca6149be45e5u);
}

TEST(KeyedHash, KeysDiffer) {
  SeededRng rng(1);
  const KeyedHash first(rng);
  const KeyedHash second(rng);
  EXPECT_NE(first(as_bytes("same")), second(as_bytes("same")));
}

}  // namespace
}  // namespace opwire::gossipsub
