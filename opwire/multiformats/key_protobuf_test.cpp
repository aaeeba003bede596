#include "opwire/multiformats/key_protobuf.hpp"

#include <gtest/gtest.h>

#include "opwire/crypto/errors.hpp"
#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/multiformats/vectors_for_test.hpp"

namespace opwire::multiformats {
namespace {

const std::string kEd25519Data = "1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e";

void expect_error(const std::string& hex, const ErrorKind& kind) {
  const auto key = parse_public_key(unhex(hex));
  ASSERT_FALSE(key) << hex;
  EXPECT_TRUE(key.error().is(kind)) << hex << ": " << key.error().message();
}

TEST(KeyProtobuf, KeysOfTheSpecificationRoundTrip) {
  const auto vectors = load_vectors("peer-id-keys.json");
  for (const auto& [name, vector] : vectors.at("keys").as_object()) {
    const Bytes encoded = unhex(text_at(vector, "public"));
    const auto key = parse_public_key(encoded);
    ASSERT_TRUE(key) << name;
    EXPECT_EQ(encode_public_key(*key), encoded) << name;
    const auto secret = parse_private_key(unhex(text_at(vector, "private")));
    ASSERT_TRUE(secret) << name;
    EXPECT_EQ(secret->public_key(), *key) << name;
    EXPECT_EQ(parse_private_key(encode_private_key(*secret))->public_key(), *key) << name;
  }
}

TEST(KeyProtobuf, FixturesOfGoVerifyTheirSignatures) {
  const auto vectors = load_vectors("go-libp2p-key-fixtures.json");
  for (const auto& [name, fixture] : vectors.at("fixtures").as_object()) {
    const auto key = parse_public_key(unhex(text_at(fixture, "pub")));
    ASSERT_TRUE(key) << name;
    EXPECT_TRUE(key->verify(as_bytes(text_at(vectors, "signed_message_utf8")), unhex(text_at(fixture, "sig")))) << name;
  }
}

// 2.4: the id comes from the 33-byte form, whatever form the key was sent in.
TEST(KeyProtobuf, UncompressedSecp256k1IsMadeCanonical) {
  const std::string x = "99e4a7261ef38caac348fa0d3065e8a29783178861a63e48d0eb10514b78bbcb";
  const std::string y = "03c757c6bd6db80e8560bd176ce44781ca161dcacd49b54ee02b45d1a7135b18";
  const auto uncompressed = parse_public_key(unhex("0802124104" + x + y));
  ASSERT_TRUE(uncompressed);
  const Bytes compressed = unhex("0802122102" + x);
  EXPECT_EQ(encode_public_key(*uncompressed), compressed);
  EXPECT_EQ(PeerId::of(*uncompressed), PeerId::of(parse_public_key(compressed).value()));
  EXPECT_EQ(PeerId::of(*uncompressed).bytes().size(), 39U);
  EXPECT_FALSE(parse_public_key(unhex("0802124106" + x + y)));  // hybrid form
}

TEST(KeyProtobuf, LastOfDuplicatesWinsAndUnknownFieldsPass) {
  const auto key =
      parse_public_key(unhex("08021203aaaaaa"
                             "1a0199"
                             "0801"
                             "1220" +
                             kEd25519Data));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->type(), crypto::KeyType::kEd25519);
  EXPECT_TRUE(parse_public_key(unhex("1220" + kEd25519Data + "0801")));
}

TEST(KeyProtobuf, RefusesMissingFields) {
  expect_error("", errors::kBadProtobuf);
  expect_error("0801", errors::kBadProtobuf);
  expect_error("1220" + kEd25519Data, errors::kBadProtobuf);
  expect_error("0a01011220" + kEd25519Data, errors::kBadProtobuf);  // type as bytes
  expect_error(
      "0801122"
      "1" +
          kEd25519Data,
      errors::kBadProtobuf);  // a byte short
}

TEST(KeyProtobuf, RefusesUnknownTypes) {
  expect_error("08041220" + kEd25519Data, crypto::errors::kUnknownKeyType);
  expect_error("0881021220" + kEd25519Data, crypto::errors::kUnknownKeyType);                  // 257
  expect_error("08ffffffffffffffffff011220" + kEd25519Data, crypto::errors::kUnknownKeyType);  // -1
  EXPECT_FALSE(parse_private_key(unhex("08041220" + kEd25519Data)));
}

}  // namespace
}  // namespace opwire::multiformats
