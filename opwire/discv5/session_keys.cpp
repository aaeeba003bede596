#include "opwire/discv5/session_keys.hpp"

#include <algorithm>

#include "opwire/crypto/hash.hpp"
#include "opwire/crypto/secp256k1_ecdh.hpp"

namespace opwire::discv5 {
namespace {

constexpr std::string_view kAgreement = "discovery v5 key agreement", kProof = "discovery v5 identity proof";

Hash256 proof_hash(ByteView challenge_data, const EphemeralKey& ephemeral_key, const NodeId& recipient) {
  return crypto::Sha256()
      .update(as_bytes(kProof))
      .update(challenge_data)
      .update(ephemeral_key)
      .update(recipient.view())
      .finish();
}

}  // namespace

Result<SessionKeys> agree_on_keys(ByteView private_key, ByteView public_key, const NodeId& initiator,
                                  const NodeId& recipient, ByteView challenge_data) {
  OPW_TRY(const auto point, crypto::secp256k1_shared_point(private_key, public_key));
  Bytes info = to_bytes(as_bytes(kAgreement));
  for (const NodeId* id : {&initiator, &recipient}) info.insert(info.end(), id->bytes.begin(), id->bytes.end());
  ByteArray<32> derived;
  crypto::hkdf_sha256(challenge_data, point, info, derived);
  SessionKeys keys;
  const auto half = derived.begin() + keys.initiator.size();
  std::copy(derived.begin(), half, keys.initiator.begin());
  std::copy(half, derived.end(), keys.recipient.begin());
  return keys;
}

Result<crypto::CompactSignature> prove_identity(ByteView private_key, ByteView challenge_data,
                                                const EphemeralKey& ephemeral_key, const NodeId& recipient) {
  return crypto::sign_compact(private_key, proof_hash(challenge_data, ephemeral_key, recipient));
}

Result<void> check_identity(ByteView public_key, const crypto::CompactSignature& proof, ByteView challenge_data,
                            const EphemeralKey& ephemeral_key, const NodeId& recipient) {
  return crypto::verify_compact(public_key, proof, proof_hash(challenge_data, ephemeral_key, recipient));
}

}  // namespace opwire::discv5
