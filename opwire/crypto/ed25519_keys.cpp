#include <openssl/crypto.h>

#include "opwire/base/check.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/key_scheme.hpp"

namespace opwire::crypto {
namespace {

constexpr std::size_t kSeedSize = 32;
constexpr std::size_t kPublicSize = 32;
constexpr std::size_t kSecretSize = kSeedSize + kPublicSize;
constexpr std::size_t kOldSecretSize = kSecretSize + kPublicSize;

PkeyPtr import_seed(ByteView seed) {
  PkeyPtr key(EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr, seed.data(), kSeedSize));
  OPW_CHECK(key);
  return key;
}

KeyPair pair_from(ByteView seed) {
  const PkeyPtr key = import_seed(seed);
  Bytes public_data(kPublicSize);
  std::size_t size = public_data.size();
  OPW_CHECK(EVP_PKEY_get_raw_public_key(key.get(), public_data.data(), &size) == 1 && size == kPublicSize);
  Bytes secret;
  secret.reserve(kSecretSize);
  secret.insert(secret.end(), seed.begin(), seed.end());
  secret.insert(secret.end(), public_data.begin(), public_data.end());
  return {std::move(secret), std::move(public_data)};
}

// Any 32 bytes, as in Go: what is no point verifies nothing.
Result<Bytes> parse_public(ByteView data) {
  if (data.size() != kPublicSize) return errors::kBadKey;
  return to_bytes(data);
}

Result<void> verify(ByteView key_data, ByteView message, ByteView signature) {
  const PkeyPtr key(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, key_data.data(), key_data.size()));
  OPW_CHECK(key);
  return evp_verify(key.get(), nullptr, message, signature);
}

Result<KeyPair> parse_private(ByteView data) {
  if (data.size() != kSecretSize && data.size() != kOldSecretSize) return errors::kBadKey;
  KeyPair pair = pair_from(data.first(kSeedSize));
  for (ByteView copy = data.subspan(kSeedSize); !copy.empty(); copy = copy.subspan(kPublicSize)) {
    if (!equal(copy.first(kPublicSize), pair.public_data)) return errors::kBadKey;
  }
  return pair;
}

Bytes sign(ByteView secret, ByteView message) {
  Bytes signature = evp_sign(import_seed(secret.first(kSeedSize)).get(), nullptr, message);
  OPW_CHECK(!signature.empty());
  return signature;
}

KeyPair generate(Rng& rng) {
  ByteArray<kSeedSize> seed;
  rng.fill(seed);
  KeyPair pair = pair_from(seed);
  OPENSSL_cleanse(seed.data(), seed.size());
  return pair;
}

}  // namespace

const KeyScheme kEd25519Scheme{parse_public, verify, parse_private, sign, generate};

}  // namespace opwire::crypto
