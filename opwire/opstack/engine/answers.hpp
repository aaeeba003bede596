// What the execution engine's answers mean, from their JSON. Errors of all: kEngineAnswer.
#pragma once

#include <boost/json/value.hpp>
#include <optional>

#include "opwire/opstack/driver/engine_client.hpp"

namespace opwire::opstack {

/// Bytes of validationError that are kept.
inline constexpr std::size_t kMaxEngineWords = 512;

/// Of engine_newPayload.
Result<PayloadStatus> read_payload_status(const boost::json::value& answer);

using PayloadId = ByteArray<8>;
struct ForkchoiceAnswer {
  PayloadStatus status;
  std::optional<PayloadId> building;
};
/// Of engine_forkchoiceUpdated.
Result<ForkchoiceAnswer> read_forkchoice_answer(const boost::json::value& answer);

/// Of engine_getPayload, whose block must be of that version and have the hash that it says.
Result<Envelope> read_built(const boost::json::value& answer, PayloadVersion version);

/// A block as eth_getBlockByNumber tells it without its transactions.
struct BlockHead {
  Hash256 hash;
  BlockNumber number;
  Hash256 parent_hash;
  std::uint64_t timestamp = 0;
};
/// None: there is no such block.
Result<std::optional<BlockHead>> read_block_head(const boost::json::value& answer);

/// Of eth_getTransactionByBlockHashAndIndex: the call's data.
Result<Bytes> read_calldata(const boost::json::value& answer);

/// A payload of that version from a block (eth_getBlockByNumber) and its body (engine_getPayloadBodiesByHashV1), which
/// is null where the engine has none: kNoSuchBlock. The block's hash must be that of the whole.
Result<Envelope> assemble_payload(const boost::json::value& block, const boost::json::value& bodies,
                                  PayloadVersion version);

}  // namespace opwire::opstack
