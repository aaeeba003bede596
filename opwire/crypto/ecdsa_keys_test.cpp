#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/crypto/openssl_ptr.hpp"
#include "opwire/crypto/vectors_for_test.hpp"

namespace opwire::crypto {
namespace {

Bytes der_of(EVP_PKEY* key, int (*encode)(const EVP_PKEY*, unsigned char**)) {
  unsigned char* der = nullptr;
  const int size = encode(key, &der);
  OPW_CHECK(size > 0);
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

Bytes public_der(EVP_PKEY* key) {
  return der_of(key, i2d_PUBKEY);
}
Bytes private_der(EVP_PKEY* key) {
  return der_of(key, i2d_PrivateKey);
}

Result<PublicKey> parse_public(const Bytes& data) {
  return PublicKey::parse(KeyType::kEcdsa, data);
}
Result<PrivateKey> parse_private(const Bytes& data) {
  return PrivateKey::parse(KeyType::kEcdsa, data);
}

TEST(EcdsaKeys, KeysThatOpenSslWroteAreRead) {
  const PkeyPtr key(EVP_EC_gen("P-256"));
  const PrivateKey secret = parse_private(private_der(key.get())).value();
  EXPECT_EQ(secret.data(), private_der(key.get()));
  EXPECT_EQ(secret.public_key(), parse_public(public_der(key.get())).value());
}

TEST(EcdsaKeys, OtherCurvesAreRefused) {
  for (const char* curve : {"P-224", "P-384", "P-521", "secp256k1", "brainpoolP256r1"}) {
    const PkeyPtr key(EVP_EC_gen(curve));
    ASSERT_TRUE(key) << curve;
    EXPECT_EQ(parse_public(public_der(key.get())).error(), errors::kBadKey) << curve;
    EXPECT_EQ(parse_private(private_der(key.get())).error(), errors::kBadKey) << curve;
  }
}

TEST(EcdsaKeys, ExplicitParametersAndCompressedPointsAreRefused) {
  const PkeyPtr key(EVP_EC_gen("P-256"));
  EVP_PKEY_set_utf8_string_param(key.get(), "point-format", "compressed");
  EXPECT_EQ(parse_public(public_der(key.get())).error(), errors::kBadKey);
  EVP_PKEY_set_utf8_string_param(key.get(), "point-format", "uncompressed");
  EXPECT_TRUE(parse_public(public_der(key.get())));
  EVP_PKEY_set_utf8_string_param(key.get(), "encoding", "explicit");
  EXPECT_EQ(parse_public(public_der(key.get())).error(), errors::kBadKey);
}

class EcdsaP256 : public testing::Test {
 protected:
  PrivateKey secret = [] {
    SeededRng rng(1);
    return PrivateKey::generate(KeyType::kEcdsa, rng);
  }();
};

TEST_F(EcdsaP256, PointOffTheCurveIsRefused) {
  for (const std::size_t at : {26UL, 27UL, 58UL, 59UL, 90UL}) {
    Bytes data = to_bytes(secret.public_key().data());
    data[at] ^= 1;
    EXPECT_EQ(parse_public(data).error(), errors::kBadKey) << at;
  }
}

TEST_F(EcdsaP256, PrivateKeyMustAgreeWithItsPoint) {
  Bytes data = secret.data();
  data[20] ^= 1;
  EXPECT_EQ(parse_private(data).error(), errors::kBadKey);
}

TEST_F(EcdsaP256, ScalarsOutOfRangeAreRefused) {
  for (const char* scalar : {"0000000000000000000000000000000000000000000000000000000000000000",
                             "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
                             "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}) {
    Bytes data = secret.data();
    std::ranges::copy(unhex(scalar), data.begin() + 7);
    EXPECT_EQ(parse_private(data).error(), errors::kBadKey) << scalar;
  }
}

// OpenSSL checks for itself that a signature is DER; a signature of 64 bytes r | s is none.
TEST_F(EcdsaP256, OnlyDerSignaturesAreAccepted) {
  Bytes signature = secret.sign(as_bytes("text"));
  EXPECT_TRUE(secret.public_key().verify(as_bytes("text"), signature));
  signature.insert(signature.begin() + 1, 0x81);
  EXPECT_EQ(secret.public_key().verify(as_bytes("text"), signature).error(), errors::kBadSignature);
  EXPECT_EQ(secret.public_key().verify(as_bytes("text"), Bytes(64, 1)).error(), errors::kBadSignature);
}

}  // namespace
}  // namespace opwire::crypto
