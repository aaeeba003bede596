// Distinct valid V4 blocks, signed and compressed as gossip carries them, and the context in which they are valid.
#pragma once

#include <vector>

#include "opwire/opstack/gossip/block_check.hpp"

namespace opwire::bench {

struct SignedBlocks {
  opstack::CheckContext context;
  std::string topic;
  std::vector<Bytes> messages;
  std::size_t plain_size = 0;  ///< of each, decompressed
};

/// A chain of count blocks with that many transactions of pseudo-random bytes each.
SignedBlocks make_signed_blocks(std::size_t count, std::size_t transactions, std::size_t transaction_size);

}  // namespace opwire::bench
