#include "opwire/codec/rlp.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/hex.hpp"

namespace opwire::codec::rlp {
namespace {

std::string string_of(ByteView bytes) {
  Bytes out;
  append_bytes(out, bytes);
  return to_hex(out);
}

std::string uint_of(std::uint64_t value) {
  Bytes out;
  append_uint(out, value);
  return to_hex(out);
}

// The examples of the Ethereum wiki and the Yellow Paper, appendix B.
TEST(Rlp, Strings) {
  EXPECT_EQ(string_of(as_bytes("dog")), "83646f67");
  EXPECT_EQ(string_of({}), "80");
  EXPECT_EQ(string_of(Bytes{0x00}), "00");
  EXPECT_EQ(string_of(Bytes{0x7f}), "7f");
  EXPECT_EQ(string_of(Bytes{0x80}), "8180");
  EXPECT_EQ(string_of(as_bytes("Lorem ipsum dolor sit amet, consectetur adipisicing elit")),
            "b838" + to_hex(as_bytes("Lorem ipsum dolor sit amet, consectetur adipisicing elit")));
}

TEST(Rlp, LengthsAroundTheLimitsOfEachHeader) {
  EXPECT_EQ(string_of(Bytes(55, 0x11)).substr(0, 4), "b711");
  EXPECT_EQ(string_of(Bytes(56, 0x11)).substr(0, 6), "b83811");
  EXPECT_EQ(string_of(Bytes(255, 0x11)).substr(0, 6), "b8ff11");
  EXPECT_EQ(string_of(Bytes(256, 0x11)).substr(0, 8), "b9010011");
  EXPECT_EQ(string_of(Bytes(65536, 0x11)).substr(0, 10), "ba01000011");
}

TEST(Rlp, UnsignedIntegers) {
  EXPECT_EQ(uint_of(0), "80");
  EXPECT_EQ(uint_of(15), "0f");
  EXPECT_EQ(uint_of(127), "7f");
  EXPECT_EQ(uint_of(128), "8180");
  EXPECT_EQ(uint_of(1024), "820400");
  EXPECT_EQ(uint_of(~std::uint64_t{0}), "88ffffffffffffffff");
}

TEST(Rlp, Integers256) {
  Bytes out;
  append_uint256(out, Bytes(32, 0x00));
  EXPECT_EQ(to_hex(out), "80");
  Bytes value(32, 0x00);
  value[30] = 0x01;
  out.clear();
  append_uint256(out, value);
  EXPECT_EQ(to_hex(out), "820100");
  out.clear();
  append_uint256(out, Bytes(32, 0xff));
  EXPECT_EQ(to_hex(out), "a0" + std::string(64, 'f'));
}

TEST(Rlp, Lists) {
  Bytes out;
  append_bytes(out, as_bytes("cat"));
  append_bytes(out, as_bytes("dog"));
  wrap_list(out, 0);
  EXPECT_EQ(to_hex(out), "c88363617483646f67");

  out.clear();
  wrap_list(out, 0);
  EXPECT_EQ(to_hex(out), "c0");
}

// The set-theoretical representation of three: [ [], [[]], [ [], [[]] ] ].
TEST(Rlp, NestedLists) {
  const auto append_empty = [](Bytes& out) { wrap_list(out, out.size()); };
  const auto append_one = [&](Bytes& out) {
    const std::size_t start = out.size();
    append_empty(out);
    wrap_list(out, start);
  };
  Bytes out;
  append_empty(out);
  append_one(out);
  const std::size_t start = out.size();
  append_empty(out);
  append_one(out);
  wrap_list(out, start);
  wrap_list(out, 0);
  EXPECT_EQ(to_hex(out), "c7c0c1c0c3c0c1c0");
}

TEST(Rlp, WrapsOnlyWhatStandsAfterStartAndLongListsToo) {
  Bytes out{0xee};
  append_bytes(out, Bytes(100, 0x22));
  wrap_list(out, 1);
  EXPECT_EQ(to_hex(out).substr(0, 12), "eef866b86422");
}

TEST(Rlp, HeadersOfWhatFollowsElsewhere) {
  Bytes out;
  append_bytes_header(out, 55);
  append_bytes_header(out, 1024);
  wrap_list(out, 0, 55 + 1024);
  EXPECT_EQ(to_hex(out), "f9043bb7b90400");
}

}  // namespace
}  // namespace opwire::codec::rlp
