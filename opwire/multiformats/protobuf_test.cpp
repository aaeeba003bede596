#include "opwire/multiformats/protobuf.hpp"

#include <gtest/gtest.h>

#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/vectors_for_test.hpp"

namespace opwire::protobuf {
namespace {

using multiformats::unhex;
using multiformats::errors::kBadProtobuf;

Result<Field> first_field(std::string_view hex) {
  static Bytes message;  // the field's view outlives this call
  message = unhex(hex);
  return Reader(message).next();
}

void expect_refused(std::string_view hex) {
  const auto field = first_field(hex);
  ASSERT_FALSE(field) << hex;
  EXPECT_TRUE(field.error().is(kBadProtobuf)) << hex;
}

TEST(Protobuf, WritesAndReadsEveryKind) {
  Bytes out;
  Writer(out)
      .varint(1, 150)
      .fixed64(2, 0x0102030405060708)
      .bytes(3, as_bytes("payload"))
      .varint(2047, ~std::uint64_t{0});
  out.insert(out.end(), {0x25, 0x04, 0x03, 0x02, 0x01});  // field 4, fixed32
  Reader reader(out);
  const Field a = reader.next().value();
  EXPECT_TRUE(a.is(1, WireType::kVarint));
  EXPECT_EQ(a.number_value, 150U);
  const Field b = reader.next().value();
  EXPECT_TRUE(b.is(2, WireType::kFixed64));
  EXPECT_EQ(b.number_value, 0x0102030405060708U);
  const Field c = reader.next().value();
  EXPECT_TRUE(c.is(3, WireType::kBytes));
  EXPECT_EQ(as_text(c.bytes), "payload");
  const Field d = reader.next().value();
  EXPECT_TRUE(d.is(2047, WireType::kVarint));
  EXPECT_EQ(d.number_value, ~std::uint64_t{0});
  const Field e = reader.next().value();
  EXPECT_TRUE(e.is(4, WireType::kFixed32));
  EXPECT_EQ(e.number_value, 0x01020304U);
  EXPECT_TRUE(reader.done());
}

TEST(Protobuf, EncodesAsTheFormatSays) {
  Bytes out;
  Writer(out).varint(1, 150).bytes(2, as_bytes("testing"));
  EXPECT_EQ(out, unhex("089601120774657374696e67"));
}

TEST(Protobuf, HeaderAloneIsThePrefixOfTheField) {
  Bytes whole;
  Bytes header;
  Writer(whole).bytes(16, as_bytes("abc"));
  Writer(header).bytes_header(16, 3);
  header.insert(header.end(), {'a', 'b', 'c'});
  EXPECT_EQ(header, whole);
}

TEST(Protobuf, SizesAreExact) {
  for (const std::uint32_t field : {1U, 15U, 16U, 2047U, 2048U, (1U << 29) - 1}) {
    for (const std::uint64_t value : {0ULL, 127ULL, 128ULL, 1ULL << 35, ~0ULL}) {
      Bytes out;
      Writer(out).varint(field, value);
      EXPECT_EQ(out.size(), varint_field_size(field, value));
      const Bytes content(value % 300);
      out.clear();
      Writer(out).bytes(field, content);
      EXPECT_EQ(out.size(), bytes_field_size(field, content.size()));
    }
  }
}

TEST(Protobuf, EmptyMessageAndEmptyField) {
  EXPECT_TRUE(Reader({}).done());
  const auto field = first_field("0a00");
  ASSERT_TRUE(field);
  EXPECT_TRUE(field->bytes.empty());
}

TEST(Protobuf, AcceptsVarintsThatProtobufAllows) {
  EXPECT_EQ(first_field("08808000")->number_value, 0U);  // F2: needless groups
  EXPECT_EQ(first_field("08ffffffffffffffffff01")->number_value, ~std::uint64_t{0});
  EXPECT_EQ(first_field("0880808080808080808001")->number_value, std::uint64_t{1} << 63);
  EXPECT_TRUE(first_field("88800005")->is(1, WireType::kVarint));  // in the key as well
}

TEST(Protobuf, RefusesVarintsOver64Bits) {
  expect_refused("088080808080808080808001");  // F1: eleven bytes
  expect_refused("0880808080808080808002");    // bit 64
  expect_refused("08ffffffffffffffffff7f");
  expect_refused("0880808080808080808080");
}

TEST(Protobuf, RefusesGroupsAndUnknownWireTypes) {
  expect_refused("0b0c");  // F9: start and end of a group
  expect_refused("0c");
  expect_refused("0e00");
  expect_refused("0f00");
}

TEST(Protobuf, RefusesFieldNumbersOutOfRange) {
  expect_refused("0000");  // F9: field 0
  expect_refused("0200");
  expect_refused("808080801000");  // 2^29
  expect_refused("f8ffffffffffffffff0100");
  EXPECT_EQ(first_field("f8ffffff0f00")->number, (1U << 29) - 1);
}

TEST(Protobuf, RefusesTruncatedFields) {
  for (const auto* hex :
       {"08", "0896", "80", "09", "0901020304050607", "0d010203", "0a", "0a80", "0a01", "0a050a030102"})
    expect_refused(hex);
}

TEST(Protobuf, RefusesLengthsBeyondTheMessage) {
  expect_refused("0a02ff");
  expect_refused("0a80808080808080808001ff");  // F3: 2^63
  expect_refused("0affffffffffffffffff01ff");  // F9: -1
  expect_refused("0af5ffffffffffffffff01ff");  // end of the field would wrap around to inside the message
}

TEST(Protobuf, ReportsATruncatedSubmessageWhenItIsOpened) {
  const auto outer = first_field("0a03120501");
  ASSERT_TRUE(outer);
  EXPECT_TRUE(Reader(outer->bytes).next().error().is(kBadProtobuf));
}

// F9: what a singular field means when repeated is the message's affair; the reader hands out both, in order.
TEST(Protobuf, HandsOutDuplicatesInOrder) {
  const Bytes message = unhex("08010802");
  Reader reader(message);
  std::uint64_t last = 0;
  while (!reader.done()) last = reader.next().value().number_value;
  EXPECT_EQ(last, 2U);
}

// F9: one level is read at a time, so depth costs nothing.
TEST(Protobuf, WalksAHundredLevels) {
  Bytes message;
  for (int i = 0; i < 100; ++i) {
    Bytes outer;
    Writer(outer).bytes(1, message);
    message = std::move(outer);
  }
  ByteView inner = message;
  for (int i = 0; i < 100; ++i) inner = Reader(inner).next().value().bytes;
  EXPECT_TRUE(inner.empty());
}

}  // namespace
}  // namespace opwire::protobuf
