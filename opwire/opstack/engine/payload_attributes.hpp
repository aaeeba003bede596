// What a sequencer asks the execution engine to build (OP Stack specs, "Extended PayloadAttributesV3").
#pragma once

#include <vector>

#include "opwire/opstack/payload/execution_payload.hpp"

namespace opwire::opstack {

/// Which of these the engine is told depends on the fork at timestamp.
struct PayloadAttributes {
  PayloadAttributes() = default;

  std::uint64_t timestamp = 0;  ///< Unix seconds
  Hash256 prev_randao;
  Address fee_recipient;
  Hash256 parent_beacon_block_root;  ///< from Ecotone on
  std::vector<Bytes> transactions;   ///< that must come first; the L1 attributes deposit is the first of them
  bool no_tx_pool = true;            ///< these alone
  std::uint64_t gas_limit = 0;
  FeeParameters fees;  ///< from Holocene on; zeros: the chain's own. From Jovian on a minimum base fee, 0 where none
};

}  // namespace opwire::opstack
