// A decompressed gossip message: the block signer's signature, then the SSZ that it signs.
#pragma once

#include "opwire/base/result.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/opstack/payload/shared_bytes.hpp"

namespace opwire::opstack {

struct GossipBody {
  crypto::RecoverableSignature signature;
  SharedBytes ssz;
};

/// Errors: kBodyTooShort.
Result<GossipBody> parse_gossip_body(const SharedBytes& plain);

Bytes make_gossip_body(const crypto::RecoverableSignature& signature, ByteView ssz);

}  // namespace opwire::opstack
