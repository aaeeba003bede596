#include "opwire/multiformats/multihash.hpp"

#include <gtest/gtest.h>

#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/vectors_for_test.hpp"

namespace opwire::multiformats {
namespace {

TEST(Multihash, Parses) {
  const Bytes identity = unhex("0003616263");
  EXPECT_EQ(parse_multihash(identity)->function, Multihash::kIdentity);
  EXPECT_EQ(as_text(parse_multihash(identity)->digest), "abc");
  const Bytes blake2b = unhex("a0e40204deadbeef");  // two-byte and longer function codes
  EXPECT_EQ(parse_multihash(blake2b)->function, 0xb220U);
  EXPECT_EQ(parse_multihash(blake2b)->digest.size(), 4U);
  EXPECT_TRUE(parse_multihash(unhex("0000"))->digest.empty());
}

TEST(Multihash, Refuses) {
  for (const auto* hex : {"", "12", "1202aa", "1202aabbcc", "120280", "8000", "128001aa", "ffffffffffffffffff0100",
                          "12ffffffffffffffff7f"}) {
    const auto parsed = parse_multihash(unhex(hex));
    ASSERT_FALSE(parsed) << hex;
    EXPECT_TRUE(parsed.error().is(errors::kBadMultihash)) << hex;
  }
}

}  // namespace
}  // namespace opwire::multiformats
