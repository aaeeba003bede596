// One table of functions for each type of key: what keys.cpp chooses from. Private to this library.
#pragma once

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/base/rng.hpp"
#include "opwire/crypto/openssl_ptr.hpp"

namespace opwire::crypto {

/// A private key in its canonical serialisation, and the public key in its own.
struct KeyPair {
  Bytes secret;
  Bytes public_data;
};

struct KeyScheme {
  /// The canonical form of a public key as it came. Errors: kBadKey, kKeySize.
  Result<Bytes> (*parse_public)(ByteView data);
  /// key is canonical. Errors: kBadSignature.
  Result<void> (*verify)(ByteView key, ByteView message, ByteView signature);
  /// Errors: kBadKey, kKeySize.
  Result<KeyPair> (*parse_private)(ByteView data);
  /// secret is canonical.
  Bytes (*sign)(ByteView secret, ByteView message);
  /// Null where keys of this type are not made here.
  KeyPair (*generate)(Rng& rng);
};

extern const KeyScheme kRsaScheme;
extern const KeyScheme kEd25519Scheme;
extern const KeyScheme kSecp256k1Scheme;
extern const KeyScheme kEcdsaScheme;

/// Empty where OpenSSL refuses. digest: "SHA256", or null for schemes that hash by themselves.
Bytes evp_sign(EVP_PKEY* key, const char* digest, ByteView message);
Result<void> evp_verify(EVP_PKEY* key, const char* digest, ByteView message, ByteView signature);

}  // namespace opwire::crypto
