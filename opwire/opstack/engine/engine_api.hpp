// The execution engine over JSON-RPC: the Engine API, and of the eth namespace what its port serves as well.
//
// Methods' versions go by the fork at the block's time, as in op-node (rollup types, v1.19.0): newPayload and
// getPayload V4 from Isthmus, V3 from Ecotone, V2 before; forkchoiceUpdated V3, with attributes V2 from Canyon and V1
// before.
#pragma once

#include "opwire/base/log.hpp"
#include "opwire/opstack/driver/engine_client.hpp"
#include "opwire/opstack/engine/payload_attributes.hpp"
#include "opwire/rpc/caller.hpp"

namespace opwire::opstack {

struct EngineApiOptions {
  EngineApiOptions() = default;
  Duration timeout = std::chrono::seconds(10);  ///< of each call
};

/// A block that the engine builds.
struct Building {
  Building() = default;
  Building(const ByteArray<8>& payload_id, std::uint64_t time) : id(payload_id), timestamp(time) {}

  ByteArray<8> id{};
  std::uint64_t timestamp = 0;  ///< of the block; the fork there decides how it is asked for
};

/// All methods' errors: those of EngineClient, and kCancelled. What the engine says when it refuses is logged, at most
/// one line in ten seconds. Answers about blocks are believed, except that a payload must have its block's hash.
class EngineApi final : public EngineClient {
 public:
  /// All outlive it. Of config the forks and the genesis block are read, at each call.
  EngineApi(const Clock& clock, rpc::Caller& caller, const RollupConfig& config,
            const EngineApiOptions& options = EngineApiOptions());

  Task<Result<PayloadStatus>> new_payload(Envelope envelope) override;
  Task<Result<PayloadStatus>> forkchoice_updated(Forkchoice forkchoice, std::uint64_t head_timestamp) override;
  /// Two calls, the second for the first transaction. The rollup's genesis block must be the configured one.
  Task<Result<std::optional<L2BlockRef>>> block(BlockLabel label) override;
  Task<Result<std::optional<L2BlockRef>>> block(BlockNumber number) override;
  /// Two calls, the second for the transactions' bytes.
  Task<Result<Envelope>> payload(BlockNumber number) override;

  /// Whatever its first transaction is; for the genesis block of a chain that is just being set up.
  Task<Result<std::optional<BlockId>>> block_id(BlockNumber number);

  /// Makes forkchoice.head the head and begins a block on it. Also kInvalidForkchoice, kEngineNotReady and
  /// kPayloadInvalid, when the engine does not call that head valid.
  Task<Result<Building>> start_building(Forkchoice forkchoice, PayloadAttributes attributes);
  /// Ends the building and returns the block, which is not part of the engine's chain yet.
  Task<Result<Envelope>> built(Building building);

 private:
  Task<Result<boost::json::value>> call(std::string method, std::string params);
  Task<Result<boost::json::value>> call_for_block(std::string params);
  Task<Result<std::optional<L2BlockRef>>> block_at(std::string params);
  Error on_refused(std::string_view method, const rpc::Failure& failure);

  const Clock& clock_;
  rpc::Caller& caller_;
  const RollupConfig& config_;
  EngineApiOptions options_;
  log::Limit refused_line_;
};

}  // namespace opwire::opstack
