// What a block's signature says, without the block: enough for others to check it.
#pragma once

#include "opwire/base/strong.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/opstack/chain/fork.hpp"

namespace opwire::opstack {

/// The signature is valid and an authorised signer's; the block need not be.
struct SignedBlock {
  BlockNumber number;
  std::uint64_t timestamp = 0;  ///< Unix seconds
  Hash256 hash;                 ///< the block hash that it gives itself
  Hash256 payload_hash;         ///< of what was signed (signer/signing_hash.hpp makes the digest of it)
  crypto::RecoverableSignature signature;
  Address signer;
  PayloadVersion version{};
};

}  // namespace opwire::opstack
