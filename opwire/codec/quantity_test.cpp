#include "opwire/codec/quantity.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "opwire/codec/errors.hpp"

namespace opwire::codec {
namespace {

TEST(Quantity, ThereAndBack) {
  const std::pair<std::uint64_t, const char*> numbers[] = {
      {0, "0x0"},
      {1, "0x1"},
      {31, "0x1f"},
      {256, "0x100"},
      {std::numeric_limits<std::uint64_t>::max(), "0xffffffffffffffff"}};
  for (const auto& [number, text] : numbers) {
    EXPECT_EQ(to_quantity(number), text);
    EXPECT_EQ(from_quantity(text).value(), number);
  }
}

TEST(Quantity, RefusesOtherText) {
  for (const char* text : {"", "0x", "1", "1f", "0x00", "0x01", "0X1", "0x1g", "0x-1", "0x 1", "0xx123456789abcde",
                           "0x10000000000000000"}) {
    EXPECT_EQ(from_quantity(text).error(), Error(errors::kBadHex)) << text;
  }
}

TEST(Quantity, FillsFromTheEnd) {
  ByteArray<4> bytes{9, 9, 9, 9};
  ASSERT_TRUE(from_quantity("0x102", bytes));
  EXPECT_EQ(bytes, (ByteArray<4>{0, 0, 1, 2}));
  EXPECT_TRUE(from_quantity("0xffffffff", bytes));
  EXPECT_FALSE(from_quantity("0x100000000", bytes));
}

}  // namespace
}  // namespace opwire::codec
