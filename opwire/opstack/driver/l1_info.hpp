// Where a block stands on L1: read from the L1 attributes deposit, its first transaction (OP Stack specs, deposits and
// each fork's l1-attributes).
#pragma once

#include "opwire/opstack/driver/l2_block_ref.hpp"
#include "opwire/opstack/payload/execution_payload.hpp"

namespace opwire::opstack {

struct L1Info {
  BlockId origin;
  std::uint64_t origin_timestamp = 0;  ///< Unix seconds
  std::uint64_t sequence_number = 0;
  bool operator==(const L1Info&) const = default;
};

/// The call's data in the form of Bedrock (260 bytes), Ecotone (164), Isthmus (176) or Jovian (178); the selector says
/// which. Errors: kL1Info.
Result<L1Info> parse_l1_info(ByteView calldata);

/// The transaction: 0x7e, then the deposit's eight fields in RLP. Errors: kL1Info.
Result<L1Info> parse_l1_info_deposit(ByteView transaction);

/// Errors: kL1Info.
Result<L2BlockRef> block_ref(const ExecutionPayload& payload);

}  // namespace opwire::opstack
