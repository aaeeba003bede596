#include "opwire/crypto/keys.hpp"

#include <openssl/crypto.h>

#include <utility>

#include "opwire/base/check.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/key_scheme.hpp"

namespace opwire::crypto {
namespace {

// Null for numbers that no type has: they come from the wire.
const KeyScheme* scheme_of(KeyType type) {
  switch (type) {
    case KeyType::kRsa:
      return &kRsaScheme;
    case KeyType::kEd25519:
      return &kEd25519Scheme;
    case KeyType::kSecp256k1:
      return &kSecp256k1Scheme;
    case KeyType::kEcdsa:
      return &kEcdsaScheme;
  }
  return nullptr;
}

}  // namespace

struct PrivateKey::Secret {
  explicit Secret(Bytes bytes) : data(std::move(bytes)) {}
  ~Secret() { OPENSSL_cleanse(data.data(), data.size()); }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Bytes data;
};

PublicKey::PublicKey(KeyType type, Bytes data) : type_(type), data_(std::make_shared<const Bytes>(std::move(data))) {}

Result<PublicKey> PublicKey::parse(KeyType type, ByteView data) {
  const KeyScheme* scheme = scheme_of(type);
  if (scheme == nullptr) return errors::kUnknownKeyType;
  OPW_TRY(Bytes canonical, scheme->parse_public(data));
  return PublicKey(type, std::move(canonical));
}

Result<void> PublicKey::verify(ByteView message, ByteView signature) const {
  return scheme_of(type_)->verify(*data_, message, signature);
}

PrivateKey::PrivateKey(PublicKey key, std::shared_ptr<const Secret> secret)
    : public_(std::move(key)), secret_(std::move(secret)) {}

PrivateKey PrivateKey::generate(KeyType type, Rng& rng) {
  const KeyScheme* scheme = scheme_of(type);
  OPW_CHECK(scheme != nullptr && scheme->generate != nullptr);
  KeyPair pair = scheme->generate(rng);
  return {PublicKey(type, std::move(pair.public_data)), std::make_shared<const Secret>(std::move(pair.secret))};
}

Result<PrivateKey> PrivateKey::parse(KeyType type, ByteView data) {
  const KeyScheme* scheme = scheme_of(type);
  if (scheme == nullptr) return errors::kUnknownKeyType;
  OPW_TRY(KeyPair pair, scheme->parse_private(data));
  return PrivateKey(PublicKey(type, std::move(pair.public_data)),
                    std::make_shared<const Secret>(std::move(pair.secret)));
}

Bytes PrivateKey::data() const {
  return secret_->data;
}

Bytes PrivateKey::sign(ByteView message) const {
  return scheme_of(type())->sign(secret_->data, message);
}

}  // namespace opwire::crypto
