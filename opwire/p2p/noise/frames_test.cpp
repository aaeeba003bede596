#include "opwire/p2p/noise/frames.hpp"

#include <gtest/gtest.h>

#include "opwire/crypto/errors.hpp"
#include "opwire/p2p/noise/errors.hpp"

namespace opwire::noise {
namespace {

Bytes seal_all(FrameSealer& sealer, std::vector<ByteView> pieces, std::size_t block = 256 * 1024) {
  std::span<ByteView> left(pieces);
  Bytes all;
  while (!left.empty()) {
    Bytes out(block);
    const std::size_t used = sealer.seal(left, out).value();
    if (used == 0) break;
    all.insert(all.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(used));
  }
  return all;
}

std::vector<std::string> open_all(FrameOpener& opener, Bytes& sealed) {
  std::vector<std::string> texts;
  for (MutableByteView rest = sealed; !rest.empty();) {
    const auto frame = opener.open(rest).value();
    if (!frame) {
      texts.push_back("<incomplete>");
      break;
    }
    texts.emplace_back(as_text(frame->text));
    rest = rest.subspan(frame->used);
  }
  return texts;
}

struct NoiseFrames : testing::Test {
  FrameSealer sealer{CipherState(crypto::AeadKey{1})};
  FrameOpener opener{CipherState(crypto::AeadKey{1})};
};

TEST_F(NoiseFrames, GathersSmallPiecesIntoOneFrame) {
  Bytes sealed = seal_all(sealer, {as_bytes("one "), as_bytes(""), as_bytes("two "), as_bytes("three")});
  EXPECT_EQ(sealed.size(), 13 + kFrameOverhead);
  EXPECT_EQ(open_all(opener, sealed), std::vector<std::string>{"one two three"});
}

TEST_F(NoiseFrames, NothingMakesNoFrame) {
  EXPECT_TRUE(seal_all(sealer, {}).empty());
  EXPECT_TRUE(seal_all(sealer, {ByteView(), ByteView()}).empty());
}

TEST_F(NoiseFrames, CutsWhatIsTooLong) {
  const Bytes much(200'000, 'm');
  Bytes sealed = seal_all(sealer, {much});
  std::string together;
  for (const std::string& text : open_all(opener, sealed)) {
    EXPECT_LE(text.size(), kMaxPlaintext);
    together += text;
  }
  EXPECT_EQ(together, as_text(much));
}

TEST_F(NoiseFrames, LeavesAPieceWholeThatFitsAFrame) {
  const Bytes header(12, 'h'), payload(kMaxPlaintext - 12, 'p');
  Bytes sealed = seal_all(sealer, {header, header, payload, header, payload});
  const auto texts = open_all(opener, sealed);
  ASSERT_EQ(texts.size(), 3u);
  EXPECT_EQ(texts[0].size(), 24u);
  EXPECT_EQ(texts[1].size(), kMaxPlaintext);
  EXPECT_EQ(texts[2].size(), payload.size());
}

TEST_F(NoiseFrames, GoesOnInTheNextBlock) {
  const Bytes much(150'000, 'm');
  Bytes sealed = seal_all(sealer, {much, as_bytes("end")}, kMaxPlaintext + kFrameOverhead);
  std::string together;
  for (const std::string& text : open_all(opener, sealed)) together += text;
  EXPECT_EQ(together, std::string(150'000, 'm') + "end");
}

TEST_F(NoiseFrames, F6WaitsForTheWholeFrame) {
  Bytes sealed = seal_all(sealer, {as_bytes("text")});
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(opener.open(MutableByteView(sealed).first(size)).value());
  }
  EXPECT_EQ(open_all(opener, sealed), std::vector<std::string>{"text"});
}

TEST_F(NoiseFrames, N3TagFlipped) {
  Bytes sealed = seal_all(sealer, {as_bytes("text")});
  sealed.back() ^= 1;
  EXPECT_TRUE(opener.open(sealed).error().is(crypto::errors::kDecryptFailed));
}

TEST_F(NoiseFrames, N4LengthBelowATag) {
  for (std::uint8_t length = 0; length < kTagSize; ++length) {
    Bytes frame = {0, length};
    const Error error = opener.open(frame).error();  // before any of it has come
    EXPECT_TRUE(error.is(errors::kFrameTooShort));
    EXPECT_EQ(error.consequence(), Consequence::kCloseConnection);
  }
}

TEST_F(NoiseFrames, N5TheLongestFrame) {
  CipherState cipher(crypto::AeadKey{1});
  const Bytes text(65'519, 't');
  Bytes frame(kMaxFrame);
  store_be<std::uint16_t>(frame.data(), 65'535);
  const ByteView piece = text;
  ASSERT_TRUE(cipher.seal({}, {&piece, 1}, MutableByteView(frame).subspan(kLengthSize)));
  EXPECT_EQ(open_all(opener, frame), std::vector<std::string>{std::string(65'519, 't')});
}

}  // namespace
}  // namespace opwire::noise
