// The seam to the execution engine: what the driver asks of it (Engine API, with the answers' meaning, not their JSON).
#pragma once

#include <optional>
#include <string>

#include "opwire/opstack/driver/errors.hpp"
#include "opwire/opstack/driver/l2_block_ref.hpp"
#include "opwire/opstack/payload/execution_payload.hpp"
#include "opwire/runtime/task.hpp"

namespace opwire::opstack {

enum class EngineStatus : unsigned char { kValid, kInvalid, kSyncing, kAccepted, kInvalidBlockHash };

struct PayloadStatus {
  EngineStatus status = EngineStatus::kSyncing;
  std::optional<Hash256> latest_valid;
  std::string validation_error;  ///< the engine's words; the client bounds them
};

/// Block hashes; zero: none.
struct Forkchoice {
  Forkchoice() = default;
  Forkchoice(const Hash256& head_hash, const Hash256& safe_hash, const Hash256& finalized_hash)
      : head(head_hash), safe(safe_hash), finalized(finalized_hash) {}

  Hash256 head;
  Hash256 safe;
  Hash256 finalized;
  bool operator==(const Forkchoice&) const = default;
};

enum class BlockLabel : unsigned char { kLatest, kSafe, kFinalized };

/// The driver's calls come one at a time. Those that only read, payload() and block(), may come beside them, for peers
/// and for the follow source: an implementation keeps nothing between two waits that such a call could see half done
/// (EngineApi is one JSON-RPC call after the other, and blocks are named by hash from the second on; EmbeddedEngine
/// never waits). Errors of all: kEngineUnreachable, kEngineTimeout, kEngineAuth, kEngineAnswer, kEngineRefused.
class EngineClient {
 public:
  virtual ~EngineClient() = default;
  virtual Task<Result<PayloadStatus>> new_payload(Envelope envelope) = 0;
  /// head_timestamp chooses the method's version. Also kInvalidForkchoice.
  virtual Task<Result<PayloadStatus>> forkchoice_updated(Forkchoice forkchoice, std::uint64_t head_timestamp) = 0;
  /// None: the engine has no such block.
  virtual Task<Result<std::optional<L2BlockRef>>> block(BlockLabel label) = 0;
  virtual Task<Result<std::optional<L2BlockRef>>> block(BlockNumber number) = 0;
  /// Of the canonical chain, to be served to peers. Also kNoSuchBlock.
  virtual Task<Result<Envelope>> payload(BlockNumber number) = 0;
};

}  // namespace opwire::opstack
