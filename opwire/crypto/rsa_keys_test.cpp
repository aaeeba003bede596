#include <gtest/gtest.h>

#include <chrono>

#include "opwire/base/time.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/crypto/vectors_for_test.hpp"

namespace opwire::crypto {
namespace {

Bytes element(std::uint8_t tag, const Bytes& content) {
  Bytes out{tag};
  if (content.size() < 0x80) {
    out.push_back(static_cast<std::uint8_t>(content.size()));
  } else {
    out.insert(out.end(),
               {0x82, static_cast<std::uint8_t>(content.size() >> 8), static_cast<std::uint8_t>(content.size())});
    if (content.size() < 0x100) {
      out.erase(out.begin() + 2);
      out[1] = 0x81;
    }
  }
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Bytes integer(const Bytes& big_endian) {
  return element(0x02, big_endian);
}

// An odd number of exactly so many bits, as the contents of a DER integer.
Bytes modulus(std::size_t bits) {
  Bytes number((bits + 7) / 8, 0xa5);
  number[0] = static_cast<std::uint8_t>(1U << ((bits - 1) % 8));
  return number[0] >= 0x80 ? Bytes{0} + number : number;
}

const Bytes kAlgorithm = unhex("300d06092a864886f70d0101010500");

Bytes pkix(const Bytes& algorithm, const Bytes& key, const Bytes& unused_bits = {0}) {
  return element(0x30, algorithm + element(0x03, unused_bits + key));
}

Bytes pkix(std::size_t bits, const Bytes& exponent = {1, 0, 1}) {
  return pkix(kAlgorithm, element(0x30, integer(modulus(bits)) + integer(exponent)));
}

Result<PublicKey> parse(const Bytes& data) {
  return PublicKey::parse(KeyType::kRsa, data);
}

TEST(RsaKeys, SizesFrom2048To8192BitsAreAccepted) {
  for (const std::size_t bits : {2048UL, 2049UL, 3072UL, 4096UL, 8192UL}) EXPECT_TRUE(parse(pkix(bits))) << bits;
  for (const std::size_t bits : {512UL, 1024UL, 2047UL, 8193UL, 16384UL, 65536UL}) {
    EXPECT_EQ(parse(pkix(bits)).error(), errors::kKeySize) << bits;
  }
}

TEST(RsaKeys, HugeKeysAreRefusedQuickly) {
  const Bytes key = pkix(16384);
  const SystemClock clock;
  const TimePoint start = clock.now();
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(parse(key));
  EXPECT_LT(clock.now() - start, std::chrono::seconds(1));
}

TEST(RsaKeys, ExponentsAsInGo) {
  EXPECT_TRUE(parse(pkix(2048, {3})));
  EXPECT_TRUE(parse(pkix(2048, {0x7f, 0xff, 0xff, 0xff})));
  const Bytes bad[] = {{0}, {1}, {2}, {1, 0, 0}, {0x00, 0x80, 0x00, 0x00, 0x01}, Bytes(256, 0x11), {0x83}, {0, 3}, {}};
  for (const Bytes& exponent : bad) EXPECT_EQ(parse(pkix(2048, exponent)).error(), errors::kBadKey) << hex(exponent);
}

TEST(RsaKeys, OtherStructuresAreRefused) {
  const Bytes key = element(0x30, integer(modulus(2048)) + integer({1, 0, 1}));
  ASSERT_TRUE(parse(pkix(kAlgorithm, key)));
  const Bytes ec = unhex("301306072a8648ce3d020106082a8648ce3d030107");
  const Bytes without_null = unhex("300b06092a864886f70d010101");
  const Bytes pss = unhex("300d06092a864886f70d01010a0500");
  for (const Bytes& algorithm : {ec, without_null, pss, Bytes{}}) {
    EXPECT_EQ(parse(pkix(algorithm, key)).error(), errors::kBadKey) << hex(algorithm);
  }
  const Bytes third = element(0x30, integer(modulus(2048)) + integer({1, 0, 1}) + integer({5}));
  EXPECT_EQ(parse(pkix(kAlgorithm, third)).error(), errors::kBadKey);
  EXPECT_EQ(parse(pkix(kAlgorithm, key + Bytes{0})).error(), errors::kBadKey);
  EXPECT_EQ(parse(pkix(kAlgorithm, key, {1})).error(), errors::kBadKey);
  EXPECT_EQ(parse(pkix(kAlgorithm, key, {})).error(), errors::kBadKey);
  EXPECT_EQ(parse(key).error(), errors::kBadKey);  // PKCS#1
}

// I9: lengths that point behind the end, take more bytes than they need, or have no end at all.
TEST(RsaKeys, DerLengthsAreStrict) {
  for (const char* text : {"30", "3080", "30800000", "30810500", "3082000500", "30840000000500", "3085ffffffffff00",
                           "30ff", "3003028001", "30820122300d06092a864886f70d01010105000382010f"}) {
    EXPECT_EQ(parse(unhex(text)).error(), errors::kBadKey) << text;
  }
  Bytes padded = pkix(2048);
  padded[3] = static_cast<std::uint8_t>(padded[3]);
  padded.insert(padded.begin() + 2, 0x00);
  padded[1] = 0x83;
  EXPECT_EQ(parse(padded).error(), errors::kBadKey);
  Bytes beyond = pkix(2048);
  ++beyond[3];
  EXPECT_EQ(parse(beyond).error(), errors::kBadKey);
}

// A modulus that is no product of primes verifies nothing, and harms nothing.
TEST(RsaKeys, SenselessModulusVerifiesNothing) {
  for (const std::size_t bits : {2048UL, 8192UL}) {
    const PublicKey key = parse(pkix(bits)).value();
    EXPECT_EQ(key.verify(as_bytes("text"), Bytes(bits / 8, 1)).error(), errors::kBadSignature);
    EXPECT_EQ(key.verify(as_bytes("text"), Bytes(bits / 8, 0)).error(), errors::kBadSignature);
    EXPECT_EQ(key.verify(as_bytes("text"), Bytes(bits / 8, 0xff)).error(), errors::kBadSignature);
  }
}

class RsaPrivateKey : public testing::Test {
 protected:
  // Behind the protobuf's five bytes of type and length.
  Bytes good = unhex(
      std::string(text_at(load_vectors("go-libp2p-key-fixtures.json").at("fixtures").at("rsa"), "priv")).substr(10));
};

TEST_F(RsaPrivateKey, NumbersThatDoNotBelongTogetherAreRefused) {
  ASSERT_TRUE(PrivateKey::parse(KeyType::kRsa, good));
  for (const std::size_t at : {20UL, good.size() / 2 + 100, good.size() - 20}) {
    Bytes bad = good;
    bad[at] ^= 0x10;
    if (const auto key = PrivateKey::parse(KeyType::kRsa, bad)) {
      // Only a part that a signature does not use may be wrong.
      EXPECT_TRUE(key->public_key().verify(as_bytes("x"), key->sign(as_bytes("x")))) << at;
    }
  }
}

TEST_F(RsaPrivateKey, SizeIsCheckedFirst) {
  const Bytes small = element(0x30, integer({0}) + integer(modulus(1024)) + integer({1, 0, 1}));
  EXPECT_EQ(PrivateKey::parse(KeyType::kRsa, small).error(), errors::kKeySize);
  const Bytes huge = element(0x30, integer({0}) + integer(modulus(16384)) + integer({1, 0, 1}));
  EXPECT_EQ(PrivateKey::parse(KeyType::kRsa, huge).error(), errors::kKeySize);
  EXPECT_EQ(PrivateKey::parse(KeyType::kRsa, Bytes(10000)).error(), errors::kKeySize);
}

}  // namespace
}  // namespace opwire::crypto
