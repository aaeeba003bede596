// Takes safe and finalized blocks over from a node that derives the chain (op-node's l2.follow.source).
//
// As in op-node v1.19.0: the answer is dropped with a warning when its finalized block is ahead of its safe one, and
// when the L1 origin of its safe block is not the block that our L1 has at that height. A conflict with our own chain
// is no reason to drop it: what we hold above the safe head comes from gossip and may be wrong, while the followed node
// read its own from L1. So a conflict is a warning with both hashes, and is handed on; the driver then makes the
// followed block its head. One thing more is refused here: what takes back a block that the node had called final, so
// another hash at that height, or a safe block below it.
#pragma once

#include <functional>
#include <optional>

#include "opwire/base/log.hpp"
#include "opwire/opstack/follow/sync_status.hpp"
#include "opwire/rpc/caller.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::opstack {

struct FollowOptions {
  FollowOptions() = default;

  Duration interval = std::chrono::seconds(2);
  Duration longest_pause = std::chrono::seconds(60);  ///< while the node is away: the interval, doubled each time
  Duration timeout = std::chrono::seconds(10);        ///< of a call
};

class FollowSource {
 public:
  /// The hash of a chain's block at that height; none: not there (yet).
  using BlockLookup = std::function<Task<Result<std::optional<Hash256>>>(BlockNumber)>;
  using OnFollowed = std::function<void(const L2BlockRef& safe, const L2BlockRef& finalized)>;

  /// own: our chain. l1: our L1, may be empty; then the L1 origin is not compared. on_followed is called on the loop,
  /// with each answer that holds, also when nothing is new: the driver may have had no use for it before. caller
  /// outlives this.
  FollowSource(Loop& loop, rpc::Caller& caller, const FollowOptions& options, BlockLookup own, BlockLookup l1,
               OnFollowed on_followed);

  /// Until its task is cancelled. Once.
  Task<void> run();
  /// One question and what follows of it. Errors: those of errors.hpp, the caller's, the lookups'.
  Task<Result<void>> poll();

  const std::optional<FollowedStatus>& last() const noexcept { return last_; }

 private:
  Task<Result<FollowedStatus>> ask();
  Task<Result<void>> check_l1(L2BlockRef safe);
  Task<void> compare_with_own(L2BlockRef safe);
  Result<void> check(const FollowedStatus& status) const;
  void note_failure(const Error& why);

  Loop& loop_;
  rpc::Caller& caller_;
  const FollowOptions options_;
  BlockLookup own_;
  BlockLookup l1_;
  OnFollowed on_followed_;
  std::optional<FollowedStatus> last_;  // handed on
  std::uint64_t failures_ = 0;          // in a row
  log::Limit conflict_log_;
};

}  // namespace opwire::opstack
