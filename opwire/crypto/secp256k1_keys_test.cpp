#include <gtest/gtest.h>
#include <openssl/bn.h>

#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/crypto/vectors_for_test.hpp"

namespace opwire::crypto {
namespace {

// The generator, in each form.
constexpr std::string_view kX = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
constexpr std::string_view kY = "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";
constexpr std::string_view kOrder = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

Bytes form(std::string_view prefix, std::string_view rest = "") {
  return unhex(std::string(prefix).append(kX).append(rest));
}

Result<PublicKey> parse(ByteView data) {
  return PublicKey::parse(KeyType::kSecp256k1, data);
}

TEST(Secp256k1Keys, UncompressedFormBecomesTheCompressedOne) {
  const PublicKey key = parse(form("04", kY)).value();
  EXPECT_EQ(to_bytes(key.data()), form("02"));
  EXPECT_EQ(key, parse(form("02")).value());
}

TEST(Secp256k1Keys, HybridAndUnknownFormsAreRefused) {
  for (const char* prefix : {"06", "07", "00", "02", "03", "05"}) {
    EXPECT_EQ(parse(form(prefix, kY)).error(), errors::kBadKey) << prefix;
  }
  for (const char* prefix : {"00", "01", "04", "05", "06", "07"}) {
    EXPECT_EQ(parse(form(prefix)).error(), errors::kBadKey) << prefix;
  }
}

TEST(Secp256k1Keys, WhatIsNotOnTheCurveIsRefused) {
  Bytes off = form("04", kY);
  off[64] ^= 1;
  EXPECT_EQ(parse(off).error(), errors::kBadKey);
  EXPECT_EQ(parse(unhex("02" + std::string(64, 'f'))).error(), errors::kBadKey);
  EXPECT_EQ(parse(Bytes(33)).error(), errors::kBadKey);
}

TEST(Secp256k1Keys, PrivateKeysOutOfRangeAreRefused) {
  for (const std::string& text : {std::string(64, '0'), std::string(kOrder), std::string(64, 'f')}) {
    EXPECT_EQ(PrivateKey::parse(KeyType::kSecp256k1, unhex(text)).error(), errors::kBadKey) << text;
  }
  Bytes last = unhex(kOrder);
  --last.back();
  EXPECT_TRUE(PrivateKey::parse(KeyType::kSecp256k1, last));
}

struct Numbers {
  std::string r, s;  // as DER integers' contents, hex
};

Bytes der(const Numbers& n) {
  const auto integer = [](const std::string& hex_text) {
    const Bytes size{0x02, static_cast<std::uint8_t>(hex_text.size() / 2)};
    return hex(size) + hex_text;
  };
  const std::string body = integer(n.r) + integer(n.s);
  const Bytes head{0x30, static_cast<std::uint8_t>(body.size() / 2)};
  return unhex(hex(head) + body);
}

Numbers numbers_of(ByteView signature) {
  const std::size_t r_size = signature[3];
  return {hex(signature.subspan(4, r_size)), hex(signature.subspan(4 + r_size + 2))};
}

std::string order_minus(const std::string& s) {
  BIGNUM* order = nullptr;
  BIGNUM* number = nullptr;
  BN_hex2bn(&order, std::string(kOrder).c_str());
  BN_hex2bn(&number, s.c_str());
  BN_sub(number, order, number);
  char* text = BN_bn2hex(number);
  std::string result(text);
  OPENSSL_free(text);
  BN_free(order);
  BN_free(number);
  return unhex(result)[0] >= 0x80 ? "00" + result : result;
}

class Secp256k1Signature : public testing::Test {
 protected:
  PrivateKey key = PrivateKey::parse(KeyType::kSecp256k1, Bytes(32, 0x42)).value();
  ByteView message = as_bytes("Libp2p is the _best_!");
  Numbers good = numbers_of(key.sign(message));

  bool accepted(const Bytes& signature) { return key.public_key().verify(message, signature).has_value(); }
};

TEST_F(Secp256k1Signature, LowAndHighSAreAccepted) {
  EXPECT_TRUE(accepted(der(good)));
  EXPECT_TRUE(accepted(der({good.r, order_minus(good.s)})));
}

TEST_F(Secp256k1Signature, OnlyStrictDerIsAccepted) {
  EXPECT_FALSE(accepted(der({"0000" + good.r, good.s})));
  Bytes longer = der(good);
  longer.push_back(0);
  EXPECT_FALSE(accepted(longer));
  Bytes long_form = der(good);
  long_form.insert(long_form.begin() + 1, 0x81);  // a length in more bytes than it needs
  EXPECT_FALSE(accepted(long_form));
}

TEST_F(Secp256k1Signature, ZeroNegativeAndTooLargeNumbersAreRefused) {
  EXPECT_FALSE(accepted(der({"00", good.s})));
  EXPECT_FALSE(accepted(der({good.r, "00"})));
  EXPECT_FALSE(accepted(der({"", ""})));
  EXPECT_FALSE(accepted(der({"ff", good.s})));
  EXPECT_FALSE(accepted(der({"00" + std::string(kOrder), good.s})));
  EXPECT_FALSE(accepted(der({"00" + std::string(64, 'f'), good.s})));
}

// 64 bytes r | s, as other protocols have them.
TEST_F(Secp256k1Signature, CompactFormIsRefused) {
  EXPECT_FALSE(accepted(Bytes(64, 0x01)));
}

}  // namespace
}  // namespace opwire::crypto
