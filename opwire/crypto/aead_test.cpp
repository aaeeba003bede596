#include "opwire/crypto/aead.hpp"

#include <gtest/gtest.h>

#include "opwire/base/rng.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/vectors_for_test.hpp"

namespace opwire::crypto {
namespace {

// RFC 8439, section 2.8.2.
const Bytes kText =
    to_bytes(as_bytes("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
                      "sunscreen would be it."));
const Bytes kAdditional = unhex("50515253c0c1c2c3c4c5c6c7");
constexpr AeadNonce kNonce{0x07, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47};
constexpr std::string_view kSealed =
    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b"
    "1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
    "3ff4def08e4b7a9de576d26586cec64b6116"
    "1ae10b594f09e26a7e902ecbd0600691";

AeadKey key() {
  AeadKey bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(0x80 + i);
  return bytes;
}

Bytes seal(ChaCha20Poly1305& cipher, std::initializer_list<ByteView> pieces, ByteView additional = {}) {
  std::size_t size = kAeadTagSize;
  for (const ByteView piece : pieces) size += piece.size();
  Bytes out(size);
  cipher.seal(kNonce, additional, {pieces.begin(), pieces.size()}, out);
  return out;
}

TEST(ChaCha20Poly1305, Rfc8439) {
  ChaCha20Poly1305 cipher(key());
  Bytes data = seal(cipher, {kText}, kAdditional);
  EXPECT_EQ(hex(data), kSealed);
  EXPECT_EQ(to_bytes(cipher.open(kNonce, kAdditional, data).value()), kText);
}

TEST(ChaCha20Poly1305, SealsInPlace) {
  ChaCha20Poly1305 cipher(key());
  Bytes data = kText;
  data.resize(kText.size() + kAeadTagSize);
  const ByteView piece = ByteView(data).first(kText.size());
  cipher.seal(kNonce, kAdditional, {&piece, 1}, data);
  EXPECT_EQ(hex(data), kSealed);
}

// However the text is cut, the output is that of the whole; lengths around the multiples of 128 that are split inside.
TEST(ChaCha20Poly1305, PiecesGiveTheSameOutputAsTheWhole) {
  SeededRng rng(2);
  ChaCha20Poly1305 cipher(key());
  for (const std::size_t size : {0UL, 1UL, 127UL, 128UL, 129UL, 400UL, 8192UL, 8193UL, 65519UL}) {
    Bytes text(size);
    rng.fill(text);
    const ByteView view = text;
    Bytes whole = seal(cipher, {view});
    for (const std::size_t a : {0UL, 1UL, 12UL, 64UL, 128UL, 140UL, 300UL}) {
      for (const std::size_t b : {0UL, 5UL, 116UL, 128UL, 1000UL}) {
        if (a + b > size) continue;
        ASSERT_EQ(seal(cipher, {view.first(a), view.subspan(a, b), view.subspan(a + b)}), whole)
            << size << " = " << a << " + " << b << " + rest";
        ASSERT_EQ(seal(cipher, {view.first(a), view.subspan(a), {}}), whole);
      }
    }
    EXPECT_EQ(to_bytes(cipher.open(kNonce, {}, whole).value()), text);
  }
}

TEST(ChaCha20Poly1305, NothingToSealIsATag) {
  ChaCha20Poly1305 cipher(key());
  Bytes data = seal(cipher, {});
  EXPECT_EQ(data.size(), kAeadTagSize);
  EXPECT_TRUE(cipher.open(kNonce, {}, data).value().empty());
}

TEST(ChaCha20Poly1305, EveryChangedByteIsNoticed) {
  ChaCha20Poly1305 cipher(key());
  const Bytes sealed = unhex(kSealed);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes data = sealed;
    data[i] ^= 0x80;
    ASSERT_EQ(cipher.open(kNonce, kAdditional, data).error(), errors::kDecryptFailed) << i;
  }
}

TEST(ChaCha20Poly1305, OtherNonceKeyOrAdditionalDataFails) {
  ChaCha20Poly1305 cipher(key());
  AeadNonce nonce = kNonce;
  nonce[11] ^= 1;
  Bytes data = unhex(kSealed);
  EXPECT_EQ(cipher.open(nonce, kAdditional, data).error(), errors::kDecryptFailed);
  data = unhex(kSealed);
  EXPECT_EQ(cipher.open(kNonce, {}, data).error(), errors::kDecryptFailed);
  data = unhex(kSealed);
  EXPECT_EQ(ChaCha20Poly1305(AeadKey{}).open(kNonce, kAdditional, data).error(), errors::kDecryptFailed);
}

TEST(ChaCha20Poly1305, ShorterThanATagFails) {
  ChaCha20Poly1305 cipher(key());
  for (std::size_t size = 0; size < kAeadTagSize; ++size) {
    Bytes data(size);
    EXPECT_EQ(cipher.open(kNonce, {}, data).error(), errors::kDecryptFailed) << size;
  }
}

TEST(ChaCha20Poly1305, WorksAfterAFailure) {
  ChaCha20Poly1305 cipher(key());
  Bytes bad(100);
  EXPECT_FALSE(cipher.open(kNonce, {}, bad));
  Bytes data = unhex(kSealed);
  EXPECT_EQ(to_bytes(cipher.open(kNonce, kAdditional, data).value()), kText);
}

}  // namespace
}  // namespace opwire::crypto
