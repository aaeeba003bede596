// The published values of discv5's cryptography (ethereum/devp2p, discv5-wire-test-vectors).
#include <gtest/gtest.h>

#include "opwire/crypto/aes128.hpp"
#include "opwire/crypto/ecdsa_compact.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/crypto/secp256k1_ecdh.hpp"
#include "opwire/crypto/vectors_for_test.hpp"

namespace opwire::crypto {
namespace {

class Discv5Vectors : public ::testing::Test {
 protected:
  Bytes value(const char* group, const char* name) const {
    return codec::from_hex(text_at(file_.at("crypto").at(group), name)).value();
  }
  template <std::size_t N>
  ByteArray<N> array(const char* group, const char* name) const {
    ByteArray<N> bytes;
    std::ranges::copy(value(group, name), bytes.begin());
    return bytes;
  }

 private:
  const boost::json::value file_ = load_vectors("discv5-wire.json");
};

TEST_F(Discv5Vectors, SharedPoint) {
  const auto point = secp256k1_shared_point(value("ECDH", "secret-key"), value("ECDH", "public-key"));
  EXPECT_EQ(hex(point.value()), hex(value("ECDH", "shared-secret")));
}

TEST_F(Discv5Vectors, KeysAreAgreedOn) {
  const char* group = "Key Derivation";
  const auto point = secp256k1_shared_point(value(group, "ephemeral-key"), value(group, "dest-pubkey")).value();
  Bytes info = to_bytes(as_bytes("discovery v5 key agreement"));
  for (const char* id : {"node-id-a", "node-id-b"}) {
    const Bytes bytes = value(group, id);
    info.insert(info.end(), bytes.begin(), bytes.end());
  }
  ByteArray<32> keys;
  hkdf_sha256(value(group, "challenge-data"), point, info, keys);
  EXPECT_EQ(hex(ByteView(keys).first(16)), hex(value(group, "initiator-key")));
  EXPECT_EQ(hex(ByteView(keys).last(16)), hex(value(group, "recipient-key")));
}

TEST_F(Discv5Vectors, IdentityProof) {
  const char* group = "ID Nonce Signing";
  Sha256 hash;
  hash.update(as_bytes("discovery v5 identity proof")).update(value(group, "challenge-data"));
  hash.update(value(group, "ephemeral-pubkey")).update(value(group, "node-id-B"));
  const CompactSignature signature = sign_compact(value(group, "static-key"), hash.finish()).value();
  EXPECT_EQ(hex(signature.view()), hex(value(group, "id-signature")));
}

TEST_F(Discv5Vectors, Messages) {
  const char* group = "Encryption/Decryption";
  const auto key = array<16>(group, "encryption-key");
  const auto nonce = array<12>(group, "nonce");
  const Bytes sealed = aes128_gcm_seal(key, nonce, value(group, "ad"), value(group, "pt"));
  EXPECT_EQ(hex(sealed), hex(value(group, "message-ciphertext")));
  EXPECT_EQ(aes128_gcm_open(key, nonce, value(group, "ad"), sealed).value(), value(group, "pt"));
}

TEST_F(Discv5Vectors, WhatWasTouchedDoesNotOpen) {
  const Aes128Key key{1};
  const GcmNonce nonce{2};
  const Bytes sealed = aes128_gcm_seal(key, nonce, as_bytes("head"), as_bytes("text"));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes touched = sealed;
    touched[i] ^= 1;
    EXPECT_TRUE(aes128_gcm_open(key, nonce, as_bytes("head"), touched).error().is(errors::kDecryptFailed)) << i;
  }
  EXPECT_FALSE(aes128_gcm_open(key, nonce, as_bytes("Head"), sealed));
  EXPECT_FALSE(aes128_gcm_open(key, nonce, as_bytes("head"), ByteView(sealed).first(15)));
  EXPECT_TRUE(aes128_gcm_open(key, nonce, {}, aes128_gcm_seal(key, nonce, {}, {})).value().empty());
}

// NIST SP 800-38A, F.5.1: the first block, and all four at once.
TEST(Aes128Ctr, NistVectors) {
  ByteArray<16> key, iv;
  std::ranges::copy(unhex("2b7e151628aed2a6abf7158809cf4f3c"), key.begin());
  std::ranges::copy(unhex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"), iv.begin());
  Bytes data = unhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
  aes128_ctr(key, iv, data);
  EXPECT_EQ(hex(data), "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff");
  aes128_ctr(key, iv, data);
  EXPECT_EQ(hex(data), "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
}

TEST(Secp256k1Ecdh, BadKeysAreRefused) {
  const Bytes key(32, 1);
  EXPECT_TRUE(secp256k1_shared_point(key, Bytes(33, 9)).error().is(errors::kBadKey));
  EXPECT_TRUE(secp256k1_shared_point(key, Bytes(65, 4)).error().is(errors::kBadKey));
  EXPECT_TRUE(secp256k1_shared_point(Bytes(32), Bytes(33, 2)).error().is(errors::kBadKey)) << "zero";
}

// As geth: only the lower of a signature's two forms.
TEST(EcdsaCompact, HighSIsRefused) {
  const Bytes secret(32, 1);
  const PublicKey key = PrivateKey::parse(KeyType::kSecp256k1, secret).value().public_key();
  const Hash256 digest = sha256(as_bytes("digest"));
  CompactSignature signature = sign_compact(secret, digest).value();
  EXPECT_TRUE(verify_compact(key.data(), signature, digest));
  EXPECT_FALSE(verify_compact(key.data(), signature, sha256(as_bytes("another"))));
  // s becomes the order of the group less s.
  const Bytes order = unhex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
  int borrow = 0;
  for (int i = 31; i >= 0; --i) {
    const int difference = order[i] - signature.bytes[32 + i] - borrow;
    borrow = difference < 0 ? 1 : 0;
    signature.bytes[32 + i] = static_cast<std::uint8_t>(difference + 256 * borrow);
  }
  EXPECT_TRUE(verify_compact(key.data(), signature, digest).error().is(errors::kBadSignature));
  EXPECT_TRUE(verify_compact(Bytes(32), signature, digest).error().is(errors::kBadKey));
}

}  // namespace
}  // namespace opwire::crypto
