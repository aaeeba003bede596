#include "opwire/codec/snappy.hpp"

#include <gtest/gtest.h>

#include "opwire/base/rng.hpp"
#include "opwire/codec/errors.hpp"
#include "opwire/codec/hex.hpp"

namespace opwire::codec::snappy {
namespace {

constexpr std::size_t kLimit = 10 << 20;

Bytes unhex(std::string_view text) {
  return from_hex(text).value();
}

Error error_of(std::string_view hex, std::size_t limit = kLimit) {
  return decompress(unhex(hex), limit).error();
}

TEST(Snappy, WhatIsCompressedComesBack) {
  SeededRng rng(3);
  for (const std::size_t size : {0, 1, 60, 61, 200, 65535, 65536, 65537, 300000}) {
    Bytes plain(size);
    rng.fill(MutableByteView(plain).first(size / 2));  // one half compresses, the other does not
    const Bytes packed = compress(plain);
    EXPECT_EQ(decompress(packed, size).value(), plain);
  }
}

// The format description: 'literal', then copies with offsets of one and two bytes.
TEST(Snappy, ReadsEachKindOfElement) {
  EXPECT_EQ(decompress(unhex("05100102030405"), kLimit).value(), unhex("0102030405"));
  EXPECT_EQ(as_text(decompress(unhex("0a"
                                     "0c61626364"
                                     "0904"),
                               kLimit)
                        .value()),
            "abcdabcdab");
  EXPECT_EQ(as_text(decompress(unhex("0a"
                                     "0c61626364"
                                     "160400"),
                               kLimit)
                        .value()),
            "abcdabcdab");
  EXPECT_EQ(as_text(decompress(unhex("0a"
                                     "0c61626364"
                                     "1704000000"),
                               kLimit)
                        .value()),
            "abcdabcdab");
  EXPECT_EQ(as_text(decompress(unhex("06"
                                     "f00561626364"
                                     "6566"),
                               kLimit)
                        .value()),
            "abcdef");
}

TEST(Snappy, HeaderOfFourGibibytesIsOverTheLimit) {
  EXPECT_EQ(error_of("ffffffff0f0041"), errors::kSnappyTooLarge);
}

TEST(Snappy, HeaderBeyond32BitsOrTenBytesIsInvalid) {
  EXPECT_EQ(error_of("808080801000"), errors::kSnappyHeader);            // 2^32
  EXPECT_EQ(error_of("ffffffffffffffffff0100"), errors::kSnappyHeader);  // 2^64 - 1
  EXPECT_EQ(error_of("80808080808080808002"
                     "0061"),
            errors::kSnappyHeader);                                      // 2^64
  EXPECT_EQ(error_of("8080808080808080808000"), errors::kSnappyHeader);  // eleven bytes
}

TEST(Snappy, PaddedHeaderUpToTenBytesIsReadAsGoReadsIt) {
  EXPECT_EQ(decompress(unhex("8500"
                             "100102030405"),
                       kLimit)
                .value(),
            unhex("0102030405"));
  EXPECT_EQ(decompress(unhex("85808080808080808000"
                             "100102030405"),
                       kLimit)
                .value(),
            unhex("0102030405"));
}

TEST(Snappy, TruncatedHeaderIsInvalid) {
  EXPECT_EQ(error_of(""), errors::kSnappyHeader);
  EXPECT_EQ(error_of("85"), errors::kSnappyHeader);
  EXPECT_EQ(error_of("ffffffff"), errors::kSnappyHeader);
}

TEST(Snappy, LimitIsInclusive) {
  EXPECT_TRUE(decompress(unhex("05100102030405"), 5));
  EXPECT_EQ(error_of("05100102030405", 4), errors::kSnappyTooLarge);
}

TEST(Snappy, CorruptBodiesAreRefused) {
  for (const char* body : {
           "",                  // nothing
           "10010203",          // literal cut short
           "1001020304050607",  // more than declared
           "0c01020304",        // less than declared
           "0001"
           "0100",  // copy with offset 0
           "0001"
           "0102",  // copy from before the start
           "0001"
           "0e0000",  // the same with two bytes of offset
           "0001"
           "0e0200",
           "0001"
           "0f00000000",
           "0001"
           "0fffffffff",
           "0001"
           "0e01",  // copy cut short
           "0001"
           "fe0100",  // copy that runs past the declared end
           "f0",
           "f4ff",
           "fcffffffff",
       }) {
    EXPECT_EQ(error_of(std::string("05") + body), errors::kSnappyCorrupt) << body;
  }
}

// libsnappy alone would read such a literal as empty.
TEST(Snappy, LiteralOfFourGibibytesIsRefused) {
  EXPECT_EQ(error_of("00fcffffffff"), errors::kSnappyCorrupt);
  EXPECT_EQ(error_of("05fcffffffff100102030405"), errors::kSnappyCorrupt);
  EXPECT_EQ(error_of("05100102030405fcffffffff"), errors::kSnappyCorrupt);
  // Wherever it stands.
  for (std::size_t size = 4080; size < 4110; ++size) {
    Bytes body{0xf4, static_cast<std::uint8_t>(size - 1), static_cast<std::uint8_t>((size - 1) >> 8)};
    body.resize(3 + size, 0x61);
    Bytes message{static_cast<std::uint8_t>(size | 0x80), static_cast<std::uint8_t>(size >> 7)};
    message.insert(message.end(), body.begin(), body.end());
    ASSERT_TRUE(decompress(message, size)) << size;
    for (const std::uint8_t byte : {0xfc, 0xff, 0xff, 0xff, 0xff}) message.push_back(byte);
    ASSERT_FALSE(decompress(message, size)) << size;
  }
  // The same bytes inside a literal, after each kind of element, mean nothing.
  for (const char* text : {"05"
                           "10fcffffffff",
                           "06"
                           "0061"
                           "10fcffffffff",
                           "0a"
                           "0061"
                           "0101"
                           "10fcffffffff",
                           "07"
                           "0061"
                           "020100"
                           "10fcffffffff",
                           "07"
                           "0061"
                           "0301000000"
                           "10fcffffffff",
                           "06"
                           "f00061"
                           "10fcffffffff",
                           "06"
                           "f4000061"
                           "10fcffffffff"}) {
    const Bytes plain = decompress(unhex(text), kLimit).value();
    EXPECT_EQ(to_hex(ByteView(plain).last(5)), "fcffffffff") << text;
  }
}

// Ten mebibytes cannot come out of a few bytes, so nothing is allocated for them.
TEST(Snappy, DeclaredSizeMustBeReachableFromTheBody) {
  EXPECT_EQ(error_of("80808005"
                     "0001"
                     "fe0100"),
            errors::kSnappyCorrupt);
  const Bytes best = compress(Bytes(kLimit, 0));
  EXPECT_EQ(decompress(best, kLimit).value(), Bytes(kLimit, 0));
}

TEST(Snappy, TellsTheSizeThatWouldBeTried) {
  const Bytes best = compress(Bytes(kLimit, 0));
  EXPECT_EQ(declared_size(best, kLimit), kLimit);
  EXPECT_EQ(declared_size(best, kLimit - 1), 0u) << "over the limit";
  EXPECT_EQ(declared_size(ByteView(best).first(best.size() / 2), kLimit), 0u) << "more than half of it can yield";
  EXPECT_EQ(declared_size(Bytes(11, 0xff), kLimit), 0u) << "no header";
  EXPECT_EQ(declared_size({}, kLimit), 0u);
  EXPECT_EQ(declared_size(compress(Bytes(7, 1)), kLimit), 7u);
}

}  // namespace
}  // namespace opwire::codec::snappy
