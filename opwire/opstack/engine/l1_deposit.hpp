// The L1 attributes deposit that opens every L2 block (OP Stack specs, deposits and each fork's l1-attributes), for
// whoever sequences a chain whose L1 nobody looks at.
#pragma once

#include "opwire/opstack/driver/l1_info.hpp"
#include "opwire/opstack/engine/payload_attributes.hpp"

namespace opwire::opstack {

/// In the form of the fork at the block's timestamp. Fees of L1 are 1 wei, fee scalars those of the genesis.
Bytes make_l1_deposit(const L1Info& info, const RollupConfig& config, std::uint64_t timestamp);

/// For a block of that number: the deposit alone, on an L1 that stands still at the rollup's genesis.
PayloadAttributes attributes_with_l1_deposit(const RollupConfig& config, BlockNumber number, std::uint64_t timestamp);

}  // namespace opwire::opstack
