// Which block that waits is the next to become the head.
//
// It is a child of the head. A block right above the head with another parent belongs to a branch. op-node drops it,
// and is put right by its derivation. With req_resp we look for the place where the branch leaves our chain: base()
// goes down a block at a time (never below the safe one), what is missing between comes from peers as for any gap, and
// the first block that hangs on base() and is not ours is the next. A child of the head comes before it, so that a
// branch is taken only while it is the longer one.
#pragma once

#include <deque>
#include <set>
#include <unordered_set>

#include "opwire/opstack/driver/engine_client.hpp"
#include "opwire/opstack/driver/payload_queue.hpp"

namespace opwire::opstack {

/// None: the engine has no such block.
struct EngineHeads {
  std::optional<L2BlockRef> head;
  std::optional<L2BlockRef> safe;
  std::optional<L2BlockRef> finalized;
};

struct BlockChoiceOptions {
  BlockChoiceOptions() = default;
  bool req_resp = true;  ///< missing blocks come from peers; else the engine fetches them itself
  BlockNumber genesis_number;
  std::size_t max_replaced = 1024;  ///< blocks of our chain that a branch may take the place of
  PayloadQueueOptions queue;
};

/// At most one of them.
struct Choice {
  const QueuedPayload* next = nullptr;  ///< until the queue changes
  /// Of a branch that leaves our chain below what may be replaced: to be refused.
  const QueuedPayload* too_deep = nullptr;
  std::optional<BlockNumber> below;  ///< the engine's block of that number is to be given to look_below()
};

/// A block that waits is of a branch, which does not hang on `above`: it is looked for right below.
struct BranchSought {
  BlockId waits;
  L2BlockRef above;
  bool first = false;  ///< `above` is the head
};

class BlockChoice {
 public:
  explicit BlockChoice(const BlockChoiceOptions& options = BlockChoiceOptions());

  /// Errors: the queue's; kPayloadStale: it is ours, and a branch is sought that would take its place; kPayloadRefused.
  Result<void> push(QueuedPayload payload);
  void drop(const Hash256& hash) { queue_.drop(hash); }
  /// It is not the chain's: it goes with all that descends from it, and neither is taken again.
  void refuse(const BlockId& block);
  /// What was refused may come again: the engine, or the chain, is another.
  void forget_refused();
  /// Others at its height come first.
  void put_last(const Hash256& hash) { queue_.put_last(hash); }
  /// Without req_resp: the lowest block that waits is above a gap, and is the next so that the engine syncs towards it.
  void on_gap() noexcept { send_above_gap_ = true; }

  /// Lets go what the heads have passed.
  Choice choose(const EngineHeads& heads);
  /// The block below base(), on the engine's chain; none: it has none. Error kEngineNotReady: its chain is not the one
  /// that we know.
  Result<BranchSought> look_below(const EngineHeads& heads, const std::optional<L2BlockRef>& block);
  void forget_branch() { branch_.reset(); }

  /// What the next block is to be the child of: the head, or a block below it while a branch is sought.
  const std::optional<L2BlockRef>& base(const EngineHeads& heads) const { return branch_ ? branch_->base : heads.head; }
  /// Our chain and the engine's knowledge end at base(): whether a block hangs on it only the engine can say.
  bool base_is_unknown() const noexcept { return branch_ && !branch_->base_is_known; }
  const PayloadQueue& queue() const noexcept { return queue_; }

 private:
  struct Branch {
    std::optional<L2BlockRef> base;
    bool base_is_known = true;   ///< to the engine; else no more of it is known than hash and number
    std::set<Hash256> replaced;  ///< our chain's blocks above base
  };

  void remember_refused(const Hash256& hash);
  void clean(const EngineHeads& heads);
  const QueuedPayload* next(const EngineHeads& heads) const;
  bool is_right_above_base(const EngineHeads& heads, const QueuedPayload& payload) const;
  bool may_look_below(const EngineHeads& heads) const;

  BlockChoiceOptions options_;
  PayloadQueue queue_;
  std::optional<Branch> branch_;
  std::unordered_set<Hash256> refused_;
  std::deque<Hash256> refused_order_;  ///< oldest first, which goes first
  bool send_above_gap_ = false;
};

}  // namespace opwire::opstack
