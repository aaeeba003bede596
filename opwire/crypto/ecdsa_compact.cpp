#include "opwire/crypto/ecdsa_compact.hpp"

#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/secp256k1_context.hpp"

namespace opwire::crypto {

Result<CompactSignature> sign_compact(ByteView private_key, const Hash256& digest) {
  const secp256k1_context* context = secp256k1_secret_context();
  secp256k1_ecdsa_signature made;
  if (private_key.size() != 32 ||
      secp256k1_ecdsa_sign(context, &made, digest.bytes.data(), private_key.data(), nullptr, nullptr) != 1) {
    return errors::kBadKey;
  }
  CompactSignature signature;
  secp256k1_ecdsa_signature_serialize_compact(context, signature.bytes.data(), &made);
  return signature;
}

Result<void> verify_compact(ByteView public_key, const CompactSignature& signature, const Hash256& digest) {
  const secp256k1_context* context = secp256k1_context_static;
  secp256k1_pubkey key;
  if (public_key.size() != 33 || secp256k1_ec_pubkey_parse(context, &key, public_key.data(), public_key.size()) != 1) {
    return errors::kBadKey;
  }
  secp256k1_ecdsa_signature parsed;
  // The library verifies low s only.
  if (secp256k1_ecdsa_signature_parse_compact(context, &parsed, signature.bytes.data()) != 1 ||
      secp256k1_ecdsa_verify(context, &parsed, digest.bytes.data(), &key) != 1) {
    return errors::kBadSignature;
  }
  return {};
}

}  // namespace opwire::crypto
