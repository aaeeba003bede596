#include <gtest/gtest.h>

#include "opwire/crypto/hash.hpp"
#include "opwire/crypto/vectors_for_test.hpp"

namespace opwire::crypto {
namespace {

TEST(Keccak256, PublishedDigests) {
  EXPECT_EQ(hex(keccak256({})), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  EXPECT_EQ(hex(keccak256(as_bytes("abc"))), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
  EXPECT_EQ(hex(keccak256(as_bytes("The quick brown fox jumps over the lazy dog"))),
            "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15");
  EXPECT_EQ(hex(keccak256(Bytes(200, 0xa3))), "3a57666b048777f2c953dc4456f45a2588e1cb6f2da760122d530ac2ce607d4a");
}

TEST(Keccak256, PayloadHashesOfTheSigningVectors) {
  const auto vectors = load_vectors("opstack/signing_hash_vectors.json");
  EXPECT_EQ("0x" + hex(keccak256(as_bytes("arbitraryData"))), text_at(vectors.at("vectors").at(0), "payload_hash"));
  EXPECT_EQ("0x" + hex(keccak256(Bytes(32, 0x99))), text_at(vectors.at("vectors").at(1), "payload_hash"));
}

// Around the block of 136 bytes, where the padding takes one byte, none, or a block of its own.
TEST(Keccak256, PartsGiveTheSameDigestAsTheWholeAtEverySplit) {
  for (const std::size_t size : {7UL, 8UL, 135UL, 136UL, 137UL, 271UL, 272UL, 400UL}) {
    Bytes data(size);
    for (std::size_t i = 0; i < size; ++i) data[i] = static_cast<std::uint8_t>(i * 7);
    const ByteView view = data;
    const Hash256 expected = keccak256(view);
    for (std::size_t split = 0; split <= size; ++split) {
      ASSERT_EQ(Keccak256().update(view.first(split)).update(view.subspan(split)).finish(), expected)
          << size << " split at " << split;
    }
    Keccak256 bytewise;
    for (const std::uint8_t& byte : data) bytewise.update({&byte, 1});
    EXPECT_EQ(bytewise.finish(), expected);
  }
}

TEST(Keccak256, StartsAfreshAfterFinish) {
  Keccak256 hash;
  hash.update(as_bytes("something")).finish();
  EXPECT_EQ(hash.update(as_bytes("abc")).finish(), keccak256(as_bytes("abc")));
}

}  // namespace
}  // namespace opwire::crypto
