// A block of L1 as eth_getBlockByNumber shows it, and whether it is what its hash says.
#pragma once

#include <boost/json/value.hpp>

#include "opwire/base/result.hpp"
#include "opwire/base/strong.hpp"

namespace opwire::opstack {

struct L1Header {
  Hash256 hash;
  BlockNumber number;
  Hash256 state_root;
  std::uint64_t timestamp = 0;  ///< Unix seconds
};

/// As the block says. Errors: kL1NoBlock for null, kL1Answer.
Result<L1Header> parse_l1_header(const boost::json::value& block);

/// keccak256(RLP(header)) must be the hash. Fields are those up to Amsterdam (blockAccessListHash, slotNumber); which
/// of the later ones are there is the block's own word, since only the right ones give the hash.
///
/// A later fork may add others: then the hash does not fit, and where the block has a field that is known neither from
/// headers nor from bodies the error says so. There is no way around it: who could leave the check out by adding a
/// field could leave it out always. Errors: as above, kL1HeaderHash, kL1UnknownHeader.
Result<L1Header> verify_l1_header(const boost::json::value& block);

}  // namespace opwire::opstack
