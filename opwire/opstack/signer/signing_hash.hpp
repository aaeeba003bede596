// What a block signer signs (OP Stack specs, rollup-node-p2p, block signatures).
#pragma once

#include "opwire/base/strong.hpp"

namespace opwire::opstack {

/// keccak256(domain | chain id as uint256 | payload hash); blocks have the all-zero domain.
Hash256 signing_hash(ChainId chain, const Hash256& payload_hash, const Hash256& domain = {}) noexcept;

}  // namespace opwire::opstack
