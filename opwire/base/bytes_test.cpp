#include "opwire/base/bytes.hpp"

#include <gtest/gtest.h>

namespace opwire {
namespace {

TEST(Bytes, BigEndian) {
  const Bytes bytes{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0xf8};
  EXPECT_EQ(load_be<std::uint8_t>(bytes.data()), 0x01);
  EXPECT_EQ(load_be<std::uint16_t>(bytes.data()), 0x0102);
  EXPECT_EQ(load_be<std::uint32_t>(bytes.data()), 0x01020304U);
  EXPECT_EQ(load_be<std::uint64_t>(bytes.data()), 0x01020304050607f8U);
  Bytes out(8);
  store_be<std::uint64_t>(out.data(), 0x01020304050607f8U);
  EXPECT_EQ(out, bytes);
  store_be<std::uint16_t>(out.data(), 0xabcd);
  EXPECT_EQ(out, (Bytes{0xab, 0xcd, 0x03, 0x04, 0x05, 0x06, 0x07, 0xf8}));
}

TEST(Bytes, LittleEndian) {
  const Bytes bytes{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0xf8};
  EXPECT_EQ(load_le<std::uint8_t>(bytes.data()), 0x01);
  EXPECT_EQ(load_le<std::uint16_t>(bytes.data()), 0x0201);
  EXPECT_EQ(load_le<std::uint32_t>(bytes.data()), 0x04030201U);
  EXPECT_EQ(load_le<std::uint64_t>(bytes.data()), 0xf807060504030201U);
  Bytes out(8);
  store_le<std::uint64_t>(out.data(), 0xf807060504030201U);
  EXPECT_EQ(out, bytes);
}

TEST(Bytes, Equal) {
  EXPECT_TRUE(equal({}, {}));
  EXPECT_TRUE(equal(Bytes{1, 2}, Bytes{1, 2}));
  EXPECT_FALSE(equal(Bytes{1, 2}, Bytes{1, 3}));
  EXPECT_FALSE(equal(Bytes{1, 2}, Bytes{1}));
}

TEST(Bytes, TextIsBytesAndBack) {
  EXPECT_EQ(to_bytes(as_bytes("ab")), (Bytes{'a', 'b'}));
  EXPECT_EQ(as_text(as_bytes("ab\0c")), std::string_view("ab\0c"));
  EXPECT_TRUE(as_bytes("").empty());
}

}  // namespace
}  // namespace opwire
