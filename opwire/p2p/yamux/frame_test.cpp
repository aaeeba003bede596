#include "opwire/p2p/yamux/frame.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/yamux/errors.hpp"

namespace opwire::yamux {
namespace {

TEST(Frame, HasTheLayoutOfTheSpec) {
  const HeaderBytes bytes = encode_header({FrameType::kWindowUpdate, kSyn | kFin, 0x01020304, 0xA0B0C0D0});
  EXPECT_EQ(bytes, (HeaderBytes{0, 1, 0, 5, 1, 2, 3, 4, 0xA0, 0xB0, 0xC0, 0xD0}));
}

TEST(Frame, ReadsBackWhatItWrote) {
  for (const FrameType type : {FrameType::kData, FrameType::kWindowUpdate, FrameType::kPing, FrameType::kGoAway}) {
    const Result<Header> header = parse_header(encode_header({type, 0xFFFF, 7, 0xFFFFFFFF}));
    ASSERT_TRUE(header);
    EXPECT_EQ(header->type, type);
    EXPECT_EQ(header->flags, 0xFFFF);
    EXPECT_EQ(header->stream, 7u);
    EXPECT_EQ(header->length, 0xFFFFFFFFu);
  }
}

TEST(Frame, RefusesOtherVersionsAndTypes) {
  EXPECT_TRUE(parse_header({1}).error().is(errors::kBadVersion));
  EXPECT_TRUE(parse_header({0, 4}).error().is(errors::kBadType));
  EXPECT_TRUE(parse_header({0, 255}).error().is(errors::kBadType));
}

}  // namespace
}  // namespace opwire::yamux
