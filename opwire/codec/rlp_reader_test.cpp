#include "opwire/codec/rlp_reader.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/errors.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/codec/rlp.hpp"

namespace opwire::codec::rlp {
namespace {

std::string bytes_in(std::string_view hex) {
  const Bytes encoded = from_hex(hex).value();
  Reader reader(encoded);
  const auto bytes = reader.bytes();
  return bytes ? to_hex(*bytes) + (reader.empty() ? "" : "+") : std::string(bytes.error().name());
}

std::string uint_in(std::string_view hex) {
  const Bytes encoded = from_hex(hex).value();
  const auto value = Reader(encoded).uint();
  return value ? std::to_string(*value) : std::string(value.error().name());
}

TEST(RlpReader, Strings) {
  EXPECT_EQ(bytes_in("83646f67"), "646f67");
  EXPECT_EQ(bytes_in("80"), "");
  EXPECT_EQ(bytes_in("00"), "00");
  EXPECT_EQ(bytes_in("7f7f"), "7f+");
  EXPECT_EQ(bytes_in("8180"), "80");
}

TEST(RlpReader, WhatIsWrittenIsRead) {
  for (const std::size_t size : {0, 1, 2, 55, 56, 255, 256, 65535, 65536}) {
    const Bytes bytes(size, 0x91);
    Bytes encoded;
    append_bytes(encoded, bytes);
    EXPECT_TRUE(equal(Reader(encoded).bytes().value(), bytes)) << size;
    wrap_list(encoded, 0);
    Reader items = read_list(encoded).value();
    EXPECT_TRUE(equal(items.bytes().value(), bytes)) << size;
    EXPECT_TRUE(items.empty());
  }
}

TEST(RlpReader, OnlyTheShortestFormIsTaken) {
  for (const char* hex :
       {"8100", "817f", "b800",
        "b837"
        "00",
        "b90038", "b9003800", "f800", "bf0000000000000001", "bfffffffffffffffff", "ffffffffffffffffff"}) {
    EXPECT_EQ(bytes_in(hex), "codec.bad_rlp") << hex;
  }
}

TEST(RlpReader, WhatIsCutShortOrOfAnotherKindIsRefused) {
  for (const char* hex : {"", "81", "83646f", "b8", "b838", "b9", "c0", "c101"}) {
    EXPECT_EQ(bytes_in(hex), "codec.bad_rlp") << hex;
  }
  EXPECT_FALSE(Reader(Bytes{0x80}).list());
  EXPECT_FALSE(read_list(Bytes{0xc0, 0x01}));
}

TEST(RlpReader, UnsignedIntegers) {
  EXPECT_EQ(uint_in("80"), "0");
  EXPECT_EQ(uint_in("0f"), "15");
  EXPECT_EQ(uint_in("820400"), "1024");
  EXPECT_EQ(uint_in("88ffffffffffffffff"), "18446744073709551615");
  EXPECT_EQ(uint_in("00"), "codec.bad_rlp") << "zero is the empty string";
  EXPECT_EQ(uint_in("820001"), "codec.bad_rlp");
  EXPECT_EQ(uint_in("89010000000000000000"), "codec.bad_rlp");
}

TEST(RlpReader, ListsWithinLists) {
  const Bytes encoded = from_hex("c7c0c1c0c3c0c1c0").value();  // the set-theoretical representation of three
  Reader items = read_list(encoded).value();
  EXPECT_TRUE(items.list().value().empty());
  EXPECT_EQ(to_hex(items.encoded().value()), "c1c0");
  EXPECT_FALSE(items.list().value().empty());
  EXPECT_TRUE(items.empty());
}

}  // namespace
}  // namespace opwire::codec::rlp
