// The keys that identify peers: secp256k1, Ed25519, ECDSA P-256 and RSA, and signatures with them as libp2p makes them
// (libp2p specs, peer-ids). Their protobuf is in multiformats/key_protobuf.hpp.
#pragma once

#include <memory>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/base/rng.hpp"

namespace opwire::crypto {

/// Numbers as in libp2p's key protobuf.
enum class KeyType : std::uint8_t { kRsa = 0, kEd25519 = 1, kSecp256k1 = 2, kEcdsa = 3 };

/// A parsed public key. Cheap to copy (shared, immutable).
class PublicKey {
 public:
  /// data as in the protobuf: secp256k1 33 bytes (65 accepted and canonicalised; hybrid forms refused), Ed25519 32,
  /// ECDSA and RSA PKIX DER. Errors: kUnknownKeyType, kBadKey, kKeySize (RSA outside 2048..8192 bits; checked before
  /// anything expensive).
  static Result<PublicKey> parse(KeyType type, ByteView data);

  KeyType type() const noexcept { return type_; }
  /// The canonical serialisation (33-byte secp256k1, PKIX DER, ...).
  ByteView data() const noexcept { return *data_; }
  /// Over message (hashed inside where the scheme hashes): secp256k1 and ECDSA strict DER over SHA-256, low or high s;
  /// RSA PKCS#1 v1.5 SHA-256; Ed25519. Errors: kBadSignature.
  Result<void> verify(ByteView message, ByteView signature) const;

  friend bool operator==(const PublicKey& a, const PublicKey& b) noexcept {
    return a.type_ == b.type_ && *a.data_ == *b.data_;
  }

 private:
  friend class PrivateKey;
  PublicKey(KeyType type, Bytes data);
  KeyType type_;
  std::shared_ptr<const Bytes> data_;
};

/// A private key that can sign. Its memory is wiped when the last copy goes.
class PrivateKey {
 public:
  /// kEd25519, kSecp256k1 or kEcdsa; RSA keys are only verified here.
  static PrivateKey generate(KeyType type, Rng& rng);
  /// data as in libp2p's protobuf: secp256k1 32 bytes; Ed25519 64 (or 96, with the redundant copy checked); ECDSA DER
  /// (SEC 1); RSA PKCS#1 DER. Errors: kBadKey, kUnknownKeyType, kKeySize.
  static Result<PrivateKey> parse(KeyType type, ByteView data);

  const PublicKey& public_key() const noexcept { return public_; }
  KeyType type() const noexcept { return public_.type(); }
  /// The form that parse() takes.
  Bytes data() const;
  Bytes sign(ByteView message) const;

 private:
  struct Secret;
  PrivateKey(PublicKey key, std::shared_ptr<const Secret> secret);
  PublicKey public_;
  std::shared_ptr<const Secret> secret_;
};

}  // namespace opwire::crypto
