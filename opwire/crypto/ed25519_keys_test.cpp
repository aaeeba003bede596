#include <gtest/gtest.h>

#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/crypto/vectors_for_test.hpp"

namespace opwire::crypto {
namespace {

// RFC 8032, section 7.1, test 2.
constexpr std::string_view kSeed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
constexpr std::string_view kPublic = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
constexpr std::string_view kSignature =
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
const Bytes kMessage{0x72};

Bytes joined(std::string_view a, std::string_view b, std::string_view c = "") {
  return unhex(std::string(a).append(b).append(c));
}

Result<PrivateKey> parse(ByteView data) {
  return PrivateKey::parse(KeyType::kEd25519, data);
}

TEST(Ed25519Keys, Rfc8032) {
  const PrivateKey key = parse(joined(kSeed, kPublic)).value();
  EXPECT_EQ(hex(key.public_key().data()), kPublic);
  EXPECT_EQ(hex(key.sign(kMessage)), kSignature);
  EXPECT_TRUE(key.public_key().verify(kMessage, unhex(kSignature)));
}

TEST(Ed25519Keys, FormWithTheRedundantCopyBecomesTheShortOne) {
  EXPECT_EQ(parse(joined(kSeed, kPublic, kPublic)).value().data(), joined(kSeed, kPublic));
}

TEST(Ed25519Keys, PublicHalvesThatDoNotAgreeAreRefused) {
  for (const std::size_t at : {32UL, 63UL}) {
    Bytes data = joined(kSeed, kPublic);
    data[at] ^= 1;
    EXPECT_EQ(parse(data).error(), errors::kBadKey);
  }
  Bytes data = joined(kSeed, kPublic, kPublic);
  data[95] ^= 1;
  EXPECT_EQ(parse(data).error(), errors::kBadKey);
}

TEST(Ed25519Keys, OtherLengthsAreRefused) {
  for (const std::size_t size : {0UL, 31UL, 32UL, 33UL, 63UL, 65UL, 95UL, 97UL, 128UL}) {
    EXPECT_EQ(parse(Bytes(size)).error(), errors::kBadKey) << size;
  }
  for (const std::size_t size : {0UL, 31UL, 33UL, 64UL}) {
    EXPECT_EQ(PublicKey::parse(KeyType::kEd25519, Bytes(size)).error(), errors::kBadKey) << size;
  }
}

// s + the group's order: a second form of the same signature.
TEST(Ed25519Keys, MalleableSignatureIsRefused) {
  const Bytes order = unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  Bytes signature = unhex(kSignature);
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += signature[32 + i] + order[i];
    signature[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
  const PublicKey key = PublicKey::parse(KeyType::kEd25519, unhex(kPublic)).value();
  EXPECT_EQ(key.verify(kMessage, signature).error(), errors::kBadSignature);
}

TEST(Ed25519Keys, WhatIsNoPointVerifiesNothing) {
  const PublicKey key = PublicKey::parse(KeyType::kEd25519, unhex("02" + std::string(62, '0'))).value();
  EXPECT_EQ(key.verify(kMessage, unhex(kSignature)).error(), errors::kBadSignature);
}

}  // namespace
}  // namespace opwire::crypto
