#include "opwire/multiformats/varint.hpp"

#include <gtest/gtest.h>

#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/vectors_for_test.hpp"

namespace opwire::multiformats {
namespace {

TEST(Varint, EncodesAndParsesTheSpecsVectors) {
  const auto vectors = load_vectors("unsigned-varint.json");
  for (const auto& vector : vectors.at("valid").as_array()) {
    const auto value = vector.at("value").to_number<std::uint64_t>();
    const Bytes encoded = unhex(text_at(vector, "hex"));
    Bytes out;
    append_varint(out, value);
    EXPECT_EQ(out, encoded);
    const auto parsed = parse_varint(encoded);
    ASSERT_TRUE(parsed) << value;
    EXPECT_EQ(parsed->value, value);
    EXPECT_EQ(parsed->size, encoded.size());
  }
}

TEST(Varint, RefusesTheSpecsInvalidVectors) {
  const auto vectors = load_vectors("unsigned-varint.json");
  for (const auto& vector : vectors.at("must_reject").as_array())
    EXPECT_FALSE(parse_varint(unhex(text_at(vector, "hex")))) << vector.at("hex");
}

TEST(Varint, RoundTripsAtEverySizeBoundary) {
  for (int bits = 0; bits < 63; ++bits) {
    for (const std::uint64_t value : {(1ULL << bits) - 1, 1ULL << bits, (1ULL << bits) + 1}) {
      Bytes out;
      append_varint(out, value);
      EXPECT_EQ(out.size(), varint_size(value));
      const auto parsed = parse_varint(out);
      ASSERT_TRUE(parsed) << value;
      EXPECT_EQ(parsed->value, value);
      EXPECT_EQ(parsed->size, out.size());
    }
  }
}

TEST(Varint, StopsAtItsLastByte) {
  const auto parsed = parse_varint(unhex("ac02ffff"));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->value, 300U);
  EXPECT_EQ(parsed->size, 2U);
}

TEST(Varint, WritesAllOf64Bits) {
  Bytes out;
  append_varint(out, ~std::uint64_t{0});
  EXPECT_EQ(out, unhex("ffffffffffffffffff01"));
  EXPECT_EQ(varint_size(~std::uint64_t{0}), kMaxVarintSize);
}

// F1: eleven bytes; also ten, which multiformats refuse too. The tenth byte need not be there to know.
TEST(Varint, RefusesMoreThanNineBytes) {
  EXPECT_EQ(parse_varint(unhex("8080808080808080808001")).error(), Error(errors::kVarintTooLong));
  EXPECT_EQ(parse_varint(unhex("80808080808080808001")).error(), Error(errors::kVarintTooLong));
  EXPECT_EQ(parse_varint(unhex("808080808080808080")).error(), Error(errors::kVarintTooLong));
  EXPECT_TRUE(parse_varint(unhex("ffffffffffffffff7f")));
}

// F2
TEST(Varint, RefusesNeedlessZeroGroups) {
  EXPECT_EQ(parse_varint(unhex("8000")).error(), Error(errors::kVarintNotMinimal));
  EXPECT_EQ(parse_varint(unhex("ff808000")).error(), Error(errors::kVarintNotMinimal));
  EXPECT_TRUE(parse_varint(unhex("00")));
}

// F3: 2^63 needs a tenth byte.
TEST(Varint, RefusesTwoToThe63) {
  Bytes out;
  append_varint(out, std::uint64_t{1} << 63);
  EXPECT_EQ(parse_varint(out).error(), Error(errors::kVarintTooLong));
}

// F6: byte by byte, every prefix asks for more.
TEST(Varint, AsksForMoreOnEveryPrefix) {
  const Bytes encoded = unhex("ffffffffffffffff7f");
  for (std::size_t size = 0; size < encoded.size(); ++size)
    EXPECT_EQ(parse_varint(ByteView(encoded).first(size)).error(), Error(errors::kTruncated));
}

}  // namespace
}  // namespace opwire::multiformats
