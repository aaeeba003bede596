#include "opwire/crypto/ecdsa_recovery.hpp"

#include <secp256k1_recovery.h>

#include "opwire/base/check.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/crypto/secp256k1_context.hpp"

namespace opwire::crypto {
namespace {

constexpr std::size_t kCompact = 64;  // r | s
constexpr std::uint8_t kMaxRecoveryId = 3;

ByteArray<65> uncompressed(const secp256k1_pubkey& key) {
  ByteArray<65> data;
  std::size_t size = data.size();
  secp256k1_ec_pubkey_serialize(secp256k1_context_static, data.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED);
  return data;
}

Hash256 hash_of_key(const ByteArray<65>& key) {
  return keccak256(ByteView(key).subspan(1));
}

Address address_of(const Hash256& key_hash) {
  return *Address::from(key_hash.view().last(Address::kSize));
}

}  // namespace

Result<RecoverableSignature> sign_recoverable(ByteView private_key, const Hash256& digest) {
  const secp256k1_context* context = secp256k1_secret_context();
  secp256k1_ecdsa_recoverable_signature made;
  if (private_key.size() != 32 || secp256k1_ecdsa_sign_recoverable(context, &made, digest.bytes.data(),
                                                                   private_key.data(), nullptr, nullptr) != 1) {
    return errors::kBadKey;
  }
  RecoverableSignature signature;
  int recovery_id = 0;
  secp256k1_ecdsa_recoverable_signature_serialize_compact(context, signature.bytes.data(), &recovery_id, &made);
  signature.bytes[kCompact] = static_cast<std::uint8_t>(recovery_id);
  return signature;
}

Result<Address> recover_address(const RecoverableSignature& signature, const Hash256& digest) {
  const secp256k1_context* context = secp256k1_context_static;
  // The library ends the process on a larger recovery id.
  const std::uint8_t recovery_id = signature.bytes[kCompact];
  if (recovery_id > kMaxRecoveryId) return errors::kBadSignature;
  secp256k1_ecdsa_recoverable_signature parsed;
  secp256k1_pubkey key;
  if (secp256k1_ecdsa_recoverable_signature_parse_compact(context, &parsed, signature.bytes.data(), recovery_id) != 1 ||
      secp256k1_ecdsa_recover(context, &key, &parsed, digest.bytes.data()) != 1) {
    return errors::kBadSignature;
  }
  return address_of(hash_of_key(uncompressed(key)));
}

Result<ByteArray<65>> uncompressed_key(ByteView public_key) {
  secp256k1_pubkey key;
  if (public_key.size() != 33 ||
      secp256k1_ec_pubkey_parse(secp256k1_context_static, &key, public_key.data(), public_key.size()) != 1) {
    return errors::kBadKey;
  }
  return uncompressed(key);
}

Result<Hash256> ethereum_key_hash(ByteView public_key) {
  OPW_TRY(const ByteArray<65> key, uncompressed_key(public_key));
  return hash_of_key(key);
}

Result<Address> ethereum_address(ByteView public_key) {
  OPW_TRY(const Hash256 hash, ethereum_key_hash(public_key));
  return address_of(hash);
}

}  // namespace opwire::crypto
