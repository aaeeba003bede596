// How two nodes agree on keys (devp2p, discv5-theory.md): from a WHOAREYOU's challenge data and an ephemeral key.
#pragma once

#include "opwire/crypto/aes128.hpp"
#include "opwire/discv5/packet.hpp"

namespace opwire::discv5 {

/// The initiator sent the message that was answered by a WHOAREYOU; the recipient challenged it.
struct SessionKeys {
  crypto::Aes128Key initiator{};  ///< for what the initiator sends
  crypto::Aes128Key recipient{};
};

/// private_key: 32 bytes, of one side; public_key: 33 bytes, of the other. One of the two is the initiator's ephemeral
/// key. Errors: crypto's kBadKey.
Result<SessionKeys> agree_on_keys(ByteView private_key, ByteView public_key, const NodeId& initiator,
                                  const NodeId& recipient, ByteView challenge_data);

/// That the initiator holds the key of its node id. Errors: crypto's kBadKey.
Result<crypto::CompactSignature> prove_identity(ByteView private_key, ByteView challenge_data,
                                                const EphemeralKey& ephemeral_key, const NodeId& recipient);
/// public_key: the initiator's, 33 bytes. Errors: crypto's kBadKey, kBadSignature.
Result<void> check_identity(ByteView public_key, const crypto::CompactSignature& proof, ByteView challenge_data,
                            const EphemeralKey& ephemeral_key, const NodeId& recipient);

}  // namespace opwire::discv5
