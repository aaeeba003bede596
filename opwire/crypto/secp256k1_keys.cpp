#include <openssl/crypto.h>

#include "opwire/base/check.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/crypto/key_scheme.hpp"
#include "opwire/crypto/secp256k1_context.hpp"

namespace opwire::crypto {
namespace {

constexpr std::size_t kSecretSize = 32;
constexpr std::size_t kCompressedSize = 33;
constexpr std::size_t kUncompressedSize = 65;
constexpr std::size_t kMaxSignature = 72;  // DER

Bytes compressed(const secp256k1_pubkey& key) {
  Bytes data(kCompressedSize);
  std::size_t size = data.size();
  secp256k1_ec_pubkey_serialize(secp256k1_context_static, data.data(), &size, &key, SECP256K1_EC_COMPRESSED);
  return data;
}

Result<Bytes> parse_public(ByteView data) {
  // The library would also take the hybrid forms, which begin with 6 or 7.
  const bool plain = data.size() == kCompressedSize || (data.size() == kUncompressedSize && data[0] == 0x04);
  secp256k1_pubkey key;
  if (!plain || secp256k1_ec_pubkey_parse(secp256k1_context_static, &key, data.data(), data.size()) != 1) {
    return errors::kBadKey;
  }
  return compressed(key);
}

Result<void> verify(ByteView key_data, ByteView message, ByteView signature_data) {
  secp256k1_pubkey key;
  OPW_CHECK(secp256k1_ec_pubkey_parse(secp256k1_context_static, &key, key_data.data(), key_data.size()) == 1);
  secp256k1_ecdsa_signature signature;
  if (signature_data.empty() ||
      secp256k1_ecdsa_signature_parse_der(secp256k1_context_static, &signature, signature_data.data(),
                                          signature_data.size()) != 1) {
    return errors::kBadSignature;
  }
  // The library verifies low s only; libp2p's signatures may have either.
  secp256k1_ecdsa_signature_normalize(secp256k1_context_static, &signature, &signature);
  const Hash256 digest = sha256(message);
  if (secp256k1_ecdsa_verify(secp256k1_context_static, &signature, digest.bytes.data(), &key) != 1) {
    return errors::kBadSignature;
  }
  return {};
}

Result<KeyPair> parse_private(ByteView data) {
  secp256k1_pubkey key;
  if (data.size() != kSecretSize || secp256k1_ec_pubkey_create(secp256k1_secret_context(), &key, data.data()) != 1) {
    return errors::kBadKey;
  }
  return KeyPair{to_bytes(data), compressed(key)};
}

Bytes sign(ByteView secret, ByteView message) {
  const Hash256 digest = sha256(message);
  secp256k1_ecdsa_signature signature;
  OPW_CHECK(secp256k1_ecdsa_sign(secp256k1_secret_context(), &signature, digest.bytes.data(), secret.data(), nullptr,
                                 nullptr) == 1);
  Bytes data(kMaxSignature);
  std::size_t size = data.size();
  OPW_CHECK(secp256k1_ecdsa_signature_serialize_der(secp256k1_context_static, data.data(), &size, &signature) == 1);
  data.resize(size);
  return data;
}

KeyPair generate(Rng& rng) {
  ByteArray<kSecretSize> secret;
  do {
    rng.fill(secret);
  } while (secp256k1_ec_seckey_verify(secp256k1_context_static, secret.data()) != 1);
  KeyPair pair = std::move(parse_private(secret)).value();
  OPENSSL_cleanse(secret.data(), secret.size());
  return pair;
}

}  // namespace

const KeyScheme kSecp256k1Scheme{parse_public, verify, parse_private, sign, generate};

}  // namespace opwire::crypto
