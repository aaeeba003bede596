#include "opwire/crypto/keys.hpp"

#include <gtest/gtest.h>

#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/vectors_for_test.hpp"

namespace opwire::crypto {
namespace {

struct TypedKey {
  KeyType type;
  Bytes data;
};

// The fixtures are protobufs of two fields: type and data. (Their real reader stands above this library.)
TypedKey unwrap(std::string_view protobuf_hex) {
  const Bytes bytes = unhex(protobuf_hex);
  std::size_t length = 0;
  std::size_t at = 3;
  for (unsigned shift = 0;; shift += 7) {
    length |= std::size_t{bytes[at] & 0x7fU} << shift;
    if (bytes[at++] < 0x80) break;
  }
  OPW_CHECK(bytes[0] == 0x08 && bytes[2] == 0x12 && at + length == bytes.size());
  return {static_cast<KeyType>(bytes[1]), Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end())};
}

PublicKey public_from(std::string_view protobuf_hex) {
  const TypedKey key = unwrap(protobuf_hex);
  return PublicKey::parse(key.type, key.data).value();
}

PrivateKey private_from(std::string_view protobuf_hex) {
  const TypedKey key = unwrap(protobuf_hex);
  return PrivateKey::parse(key.type, key.data).value();
}

// Both halves come from the fixture: they must belong together, and come out as they went in.
void expect_pair(std::string_view private_hex, std::string_view public_hex) {
  const PrivateKey secret = private_from(private_hex);
  const PublicKey key = public_from(public_hex);
  EXPECT_EQ(secret.public_key(), key);
  EXPECT_EQ(secret.data(), unwrap(private_hex).data);
  EXPECT_EQ(to_bytes(key.data()), unwrap(public_hex).data);

  const Bytes signature = secret.sign(as_bytes("message"));
  EXPECT_TRUE(key.verify(as_bytes("message"), signature));
  EXPECT_EQ(key.verify(as_bytes("massage"), signature).error(), errors::kBadSignature);
}

TEST(Keys, FixturesOfGoLibp2p) {
  const auto file = load_vectors("go-libp2p-key-fixtures.json");
  const std::string_view message = text_at(file, "signed_message_utf8");
  for (const auto& [name, fixture] : file.at("fixtures").as_object()) {
    SCOPED_TRACE(name);
    expect_pair(text_at(fixture, "priv"), text_at(fixture, "pub"));
    const Bytes signature = unhex(text_at(fixture, "sig"));
    const PublicKey key = public_from(text_at(fixture, "pub"));
    EXPECT_TRUE(key.verify(as_bytes(message), signature));
    EXPECT_EQ(key.verify(as_bytes("another message"), signature).error(), errors::kBadSignature);
  }
}

// RFC 6979 and PKCS#1 v1.5 leave no freedom: the same signature as Go's, byte by byte.
TEST(Keys, DeterministicSchemesSignAsGoDoes) {
  const auto file = load_vectors("go-libp2p-key-fixtures.json");
  for (const char* name : {"rsa", "secp256k1"}) {
    const auto& fixture = file.at("fixtures").at(name);
    const PrivateKey key = private_from(text_at(fixture, "priv"));
    EXPECT_EQ(hex(key.sign(as_bytes(text_at(file, "signed_message_utf8")))), text_at(fixture, "sig")) << name;
  }
}

TEST(Keys, PairsOfThePeerIdSpecification) {
  const auto file = load_vectors("peer-id-keys.json");
  for (const auto& [name, keys] : file.at("keys").as_object()) {
    SCOPED_TRACE(name);
    expect_pair(text_at(keys, "private"), text_at(keys, "public"));
  }
}

TEST(Keys, GeneratedKeysSignAndParseAgain) {
  SystemRng rng;
  for (const KeyType type : {KeyType::kEd25519, KeyType::kSecp256k1, KeyType::kEcdsa}) {
    const PrivateKey made = PrivateKey::generate(type, rng);
    EXPECT_EQ(made.type(), type);
    EXPECT_FALSE(made.public_key() == PrivateKey::generate(type, rng).public_key());
    const PrivateKey again = PrivateKey::parse(type, made.data()).value();
    EXPECT_EQ(again.public_key(), made.public_key());
    EXPECT_EQ(PublicKey::parse(type, made.public_key().data()).value(), made.public_key());
    EXPECT_TRUE(made.public_key().verify(as_bytes("text"), again.sign(as_bytes("text"))));
  }
}

TEST(Keys, OneSeedMakesOneKey) {
  for (const KeyType type : {KeyType::kEd25519, KeyType::kSecp256k1, KeyType::kEcdsa}) {
    SeededRng one(5);
    SeededRng other(5);
    EXPECT_EQ(PrivateKey::generate(type, one).data(), PrivateKey::generate(type, other).data());
  }
}

TEST(Keys, UnknownTypesAreRefused) {
  for (const int number : {4, 5, 255}) {
    const auto type = static_cast<KeyType>(number);
    EXPECT_EQ(PublicKey::parse(type, Bytes(32)).error(), errors::kUnknownKeyType);
    EXPECT_EQ(PrivateKey::parse(type, Bytes(32)).error(), errors::kUnknownKeyType);
  }
}

TEST(Keys, EmptyAndCutInputIsRefused) {
  const auto keys = load_vectors("peer-id-keys.json").at("keys").as_object();
  for (const auto& [name, pair] : keys) {
    SCOPED_TRACE(name);
    const TypedKey public_key = unwrap(text_at(pair, "public"));
    const TypedKey secret = unwrap(text_at(pair, "private"));
    for (const std::size_t missing : {std::size_t{1}, std::size_t{2}, public_key.data.size()}) {
      EXPECT_FALSE(
          PublicKey::parse(public_key.type, ByteView(public_key.data).first(public_key.data.size() - missing)));
    }
    for (const std::size_t missing : {std::size_t{1}, std::size_t{2}, secret.data.size()}) {
      EXPECT_FALSE(PrivateKey::parse(secret.type, ByteView(secret.data).first(secret.data.size() - missing)));
    }
    Bytes longer = public_key.data;
    longer.push_back(0);
    EXPECT_FALSE(PublicKey::parse(public_key.type, longer));
    longer = secret.data;
    longer.push_back(0);
    EXPECT_FALSE(PrivateKey::parse(secret.type, longer));
  }
}

TEST(Keys, OddSignaturesAreRefusedByEveryType) {
  const auto keys = load_vectors("peer-id-keys.json").at("keys").as_object();
  for (const auto& [name, pair] : keys) {
    SCOPED_TRACE(name);
    const PrivateKey secret = private_from(text_at(pair, "private"));
    const ByteView message = as_bytes("message");
    Bytes signature = secret.sign(message);
    EXPECT_EQ(secret.public_key().verify(message, {}).error(), errors::kBadSignature);
    EXPECT_EQ(secret.public_key().verify(message, Bytes(1000)).error(), errors::kBadSignature);
    const ByteView shorter = ByteView(signature).first(signature.size() - 1);
    EXPECT_EQ(secret.public_key().verify(message, shorter).error(), errors::kBadSignature);
    signature.push_back(0);
    EXPECT_EQ(secret.public_key().verify(message, signature).error(), errors::kBadSignature);
    signature.pop_back();
    signature[signature.size() / 2] ^= 1;
    EXPECT_EQ(secret.public_key().verify(message, signature).error(), errors::kBadSignature);
  }
}

}  // namespace
}  // namespace opwire::crypto
