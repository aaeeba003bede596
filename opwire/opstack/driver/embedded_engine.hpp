// An engine in memory that executes nothing: it knows which block is whose child, so that a node without an execution
// client follows the chain as far as the sequencer's signatures and the hashes go.
#pragma once

#include <map>
#include <unordered_map>

#include "opwire/opstack/driver/engine_client.hpp"

namespace opwire::opstack {

struct EmbeddedEngineOptions {
  EmbeddedEngineOptions() = default;
  std::size_t max_blocks = 4096;    ///< kept, whichever branch they are on; the lowest go
  std::optional<L2BlockRef> start;  ///< the head at first. None: the first block becomes it
  bool start_is_final = true;       ///< safe and finalized too, as genesis is
};

/// VALID: the parent is known. SYNCING: it is not, or the head of a forkchoice is not. kInvalidForkchoice: safe or
/// finalized is not an ancestor of the head, as far back as blocks are kept; one that is not kept is believed. The
/// finalized block is always kept.
class EmbeddedEngine final : public EngineClient {
 public:
  explicit EmbeddedEngine(const EmbeddedEngineOptions& options = EmbeddedEngineOptions());

  Task<Result<PayloadStatus>> new_payload(Envelope envelope) override;
  Task<Result<PayloadStatus>> forkchoice_updated(Forkchoice forkchoice, std::uint64_t head_timestamp) override;
  Task<Result<std::optional<L2BlockRef>>> block(BlockLabel label) override;
  Task<Result<std::optional<L2BlockRef>>> block(BlockNumber number) override;
  /// Blocks' contents are not kept: always kNoSuchBlock.
  Task<Result<Envelope>> payload(BlockNumber number) override;

  /// The same without a coroutine.
  PayloadStatus accept(const ExecutionPayload& payload);
  Result<PayloadStatus> choose(const Forkchoice& forkchoice);

  std::size_t size() const noexcept { return blocks_.size(); }

 private:
  void keep(const L2BlockRef& block);
  void prune();
  const L2BlockRef* find(const Hash256& hash) const;
  bool is_ancestor(const Hash256& ancestor, const L2BlockRef& of) const;
  std::optional<L2BlockRef> canonical(BlockNumber number) const;

  std::size_t max_blocks_;
  std::unordered_map<Hash256, L2BlockRef> blocks_;
  std::multimap<BlockNumber, Hash256> by_number_;
  std::optional<L2BlockRef> head_;
  std::optional<L2BlockRef> safe_;
  std::optional<L2BlockRef> finalized_;
  bool is_whole_;  ///< from a final start on all is kept
};

}  // namespace opwire::opstack
