// A block of the chain without its contents, as op-node's syncStatus shows it.
#pragma once

#include "opwire/opstack/chain/rollup_config.hpp"

namespace opwire::opstack {

struct L2BlockRef {
  Hash256 hash;
  BlockNumber number;
  Hash256 parent_hash;
  std::uint64_t timestamp = 0;        ///< Unix seconds
  BlockId l1_origin;                  ///< the L1 block that its deposits come from
  std::uint64_t sequence_number = 0;  ///< blocks since the first of that L1 origin

  BlockId id() const noexcept { return {hash, number}; }
  bool operator==(const L2BlockRef&) const = default;
};

}  // namespace opwire::opstack
