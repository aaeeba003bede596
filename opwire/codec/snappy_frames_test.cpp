#include "opwire/codec/snappy_frames.hpp"

#include <gtest/gtest.h>

#include "opwire/base/rng.hpp"
#include "opwire/codec/errors.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/codec/snappy.hpp"

namespace opwire::codec::snappy {
namespace {

constexpr std::size_t kLimit = 1 << 20;
const char* const kIdentified = "ff060000734e61507059";

Bytes hex(const std::string& text) {
  return from_hex(text).value();
}
/// A stream of the identifier and what follows.
Result<Bytes> decode(const std::string& after_identifier, std::size_t limit = kLimit) {
  return decode_frames(hex(kIdentified + after_identifier), limit);
}
void expect_error(const Result<Bytes>& result, const ErrorKind& kind) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), Error(kind)) << result.error().name();
}

Bytes random_bytes(std::size_t size) {
  SeededRng rng(size);
  Bytes bytes(size);
  rng.fill(bytes);
  return bytes;
}

TEST(SnappyFrames, GiveBackWhatWasEncoded) {
  for (const std::size_t size : {0UL, 1UL, 65'535UL, 65'536UL, 65'537UL, 200'000UL}) {
    EXPECT_EQ(decode_frames(encode_frames(Bytes(size, 7)), kLimit).value(), Bytes(size, 7)) << size;
    EXPECT_EQ(decode_frames(encode_frames(random_bytes(size)), kLimit).value(), random_bytes(size)) << size;
  }
}

TEST(SnappyFrames, CompressOnlyWhatPays) {
  EXPECT_LT(encode_frames(Bytes(60'000, 7)).size(), 5'000U);
  EXPECT_EQ(encode_frames(random_bytes(60'000)).size(), 10 + 8 + 60'000U);
}

TEST(SnappyFrames, ArriveInAnyPieces) {
  const Bytes plain = random_bytes(150'000);
  const Bytes framed = encode_frames(plain);
  for (const std::size_t step : {1UL, 3UL, 4UL, 1000UL, 70'000UL}) {
    FrameDecoder decoder(kLimit);
    for (ByteView rest = framed; !rest.empty(); rest = rest.subspan(std::min(step, rest.size()))) {
      ASSERT_TRUE(decoder.feed(rest.first(std::min(step, rest.size()))));
    }
    EXPECT_EQ(std::move(decoder).finish().value(), plain) << step;
  }
}

TEST(SnappyFrames, AreThoseOfTheFormat) {
  // Five bytes do not get smaller; crc32c("hello") is 0x9a71bb4c.
  EXPECT_EQ(to_hex(encode_frames(as_bytes("hello"))), std::string(kIdentified) + "01090000bb1f1c1968656c6c6f");
}

TEST(SnappyFrames, SkipWhatMayBeSkipped) {
  const std::string hello = "01090000bb1f1c1968656c6c6f";
  EXPECT_EQ(decode("80030000aabbcc" + hello + "fe000000" + kIdentified + "fd010000ff").value(),
            to_bytes(as_bytes("hello")));
}

TEST(SnappyFrames, RefuseWhatIsMalformed) {
  expect_error(decode_frames(hex("01090000bb1f1c1968656c6c6f"), kLimit), errors::kSnappyFrame);  // no identifier
  expect_error(decode_frames(hex("ff060000734e61507058"), kLimit), errors::kSnappyFrame);        // another one
  expect_error(decode_frames(hex("ff050000734e615070"), kLimit), errors::kSnappyFrame);
  expect_error(decode("02000000"), errors::kSnappyFrame);  // a type that may not be skipped
  expect_error(decode("7f000000"), errors::kSnappyFrame);
  expect_error(decode("01030000aabbcc"), errors::kSnappyFrame);  // no room for a checksum
  expect_error(decode("01090000bb1f1c1868656c6c6f"), errors::kSnappyChecksum);
  expect_error(decode("000500000000000005"), errors::kSnappyCorrupt);  // compressed: declares more than there is
  expect_error(decode("80cf2a01"), errors::kSnappyFrame);              // a chunk longer than Go's reader takes
}

TEST(SnappyFrames, RefuseAnUncompressedChunkOfTooMuch) {
  Bytes framed = hex(std::string(kIdentified) + "01050001" + "00000000");
  framed.resize(framed.size() + kMaxChunkPlain + 1);
  expect_error(decode_frames(framed, kLimit), errors::kSnappyFrame);
}

TEST(SnappyFrames, RefuseACompressedChunkThatDeclaresFourGibibytes) {
  expect_error(decode("000a000000000000ffffffff0f00"), errors::kSnappyTooLarge);
}

TEST(SnappyFrames, SayWhereTheStreamEndsInAChunk) {
  expect_error(decode("0109"), errors::kSnappyTruncated);
  expect_error(decode("01090000bb1f1c1968656c6c"), errors::kSnappyTruncated);
}

TEST(SnappyFrames, KeepToTheLimitOfPlainBytes) {
  const Bytes framed = encode_frames(Bytes(70'000));
  EXPECT_TRUE(decode_frames(framed, 70'000));
  expect_error(decode_frames(framed, 69'999), errors::kSnappyTooLarge);
}

TEST(SnappyFrames, KeepToTheLimitOfWhatIsSkipped) {
  FrameDecoder decoder(100'000);
  ASSERT_TRUE(decoder.feed(hex(kIdentified)));
  Bytes padding = hex("fe00f000");
  padding.resize(padding.size() + 0xf000);
  ASSERT_TRUE(decoder.feed(padding));
  const Result<void> second = decoder.feed(padding);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), Error(errors::kSnappyTooLarge));
}

}  // namespace
}  // namespace opwire::codec::snappy
