#include "opwire/crypto/ecdsa_recovery.hpp"

#include <gtest/gtest.h>

#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/crypto/vectors_for_test.hpp"

namespace opwire::crypto {
namespace {

class Recovery : public testing::Test {
 protected:
  void SetUp() override {
    const auto vectors = load_vectors("opstack/signing_hash_vectors.json");
    const auto& signer = vectors.at("test_signer_key");
    secret = unhex(text_at(signer, "private_key"));
    address = codec::from_hex_as<Address>(text_at(signer, "address")).value();
    digest = codec::from_hex_as<Hash256>(text_at(vectors.at("vectors").at(0), "signing_hash")).value();
    signature = sign_recoverable(secret, digest).value();
  }

  // The same signature with s = order - s, which turns the point's y over.
  RecoverableSignature with_other_s() const {
    static const Bytes order = unhex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    RecoverableSignature other = signature;
    int borrow = 0;
    for (std::size_t i = 32; i-- > 0;) {
      const int digit = order[i] - signature.bytes[32 + i] - borrow;
      borrow = digit < 0 ? 1 : 0;
      other.bytes[32 + i] = static_cast<std::uint8_t>(digit & 0xff);
    }
    other.bytes[64] ^= 1;
    return other;
  }

  void expect_refused(const RecoverableSignature& bad) const {
    EXPECT_EQ(recover_address(bad, digest).error(), errors::kBadSignature);
  }

  Bytes secret;
  Address address;
  Hash256 digest;
  RecoverableSignature signature;
};

TEST_F(Recovery, SignerIsRecovered) {
  EXPECT_LE(signature.bytes[64], 1);
  EXPECT_EQ(recover_address(signature, digest).value(), address);
}

TEST_F(Recovery, SignsWithLowS) {
  EXPECT_LT(signature.bytes[32], 0x80);
}

TEST_F(Recovery, HighSIsAccepted) {
  const RecoverableSignature high = with_other_s();
  EXPECT_GE(high.bytes[32], 0x7f);
  EXPECT_EQ(recover_address(high, digest).value(), address);
}

TEST_F(Recovery, OtherDigestOrParityGivesAnotherAddress) {
  EXPECT_FALSE(recover_address(signature, sha256(as_bytes("other"))).value() == address);
  RecoverableSignature flipped = signature;
  flipped.bytes[64] ^= 1;
  EXPECT_FALSE(recover_address(flipped, digest).value() == address);
}

TEST_F(Recovery, RecoveryIdAboveThreeIsRefused) {
  for (const int v : {4, 5, 26, 27, 28, 31, 35, 128, 255}) {
    RecoverableSignature bad = signature;
    bad.bytes[64] = static_cast<std::uint8_t>(v);
    expect_refused(bad);
  }
}

// v 2 and 3 say that r was reduced: true of almost no signature, and of this one not.
TEST_F(Recovery, ReducedRWithoutSuchAPointIsRefused) {
  for (const int v : {2, 3}) {
    RecoverableSignature bad = signature;
    bad.bytes[64] = static_cast<std::uint8_t>(v);
    expect_refused(bad);
  }
}

TEST_F(Recovery, NumbersOutOfRangeAreRefused) {
  for (const std::size_t offset : {0UL, 32UL}) {
    for (const std::uint8_t fill : {0x00, 0xff}) {
      RecoverableSignature bad = signature;
      std::fill_n(bad.bytes.begin() + static_cast<std::ptrdiff_t>(offset), 32, fill);
      expect_refused(bad);
    }
  }
}

TEST_F(Recovery, RWithoutAPointIsRefused) {
  RecoverableSignature bad = signature;
  std::fill_n(bad.bytes.begin(), 32, std::uint8_t{0});
  bad.bytes[31] = 5;  // x = 5 is on no point of the curve
  expect_refused(bad);
}

TEST_F(Recovery, BadPrivateKeysAreRefused) {
  EXPECT_EQ(sign_recoverable(Bytes(32), digest).error(), errors::kBadKey);
  EXPECT_EQ(sign_recoverable(Bytes(32, 0xff), digest).error(), errors::kBadKey);
  EXPECT_EQ(sign_recoverable(Bytes(31, 1), digest).error(), errors::kBadKey);
}

// The key of the private key 1: Ethereum's best known address.
TEST(EthereumAddress, OfTheGenerator) {
  const Bytes generator = unhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
  EXPECT_EQ(codec::to_checksum_hex(ethereum_address(generator).value()), "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf");
  const Hash256 hash = ethereum_key_hash(generator).value();
  EXPECT_EQ(Address::from(hash.view().last(20)), ethereum_address(generator).value());
}

TEST(EthereumAddress, BadKeysAreRefused) {
  EXPECT_EQ(ethereum_address(Bytes(33)).error(), errors::kBadKey);
  EXPECT_EQ(ethereum_address({}).error(), errors::kBadKey);
  EXPECT_EQ(ethereum_key_hash(Bytes(65, 4)).error(), errors::kBadKey);
}

}  // namespace
}  // namespace opwire::crypto
