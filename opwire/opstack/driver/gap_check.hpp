// Which blocks are missing below the ones that wait (op-node's ticker, and a size for what is asked at once).
//
// A range can only be proved from its upper end downwards, block by block by parent hash. So what is asked for must
// end right below a block that we trust: one that waits in the queue, or one whose hash an earlier piece of the same
// walk has proved (an anchor). A deep gap is therefore walked down in pieces from the lowest queued block at first,
// and the hash at the top of each piece is kept. Where blocks of a piece had to be let go (the queue was full), the
// anchors make the second walk go upwards: the piece nearest the head first.
#pragma once

#include <map>
#include <optional>

#include "opwire/base/time.hpp"
#include "opwire/opstack/chain/rollup_config.hpp"
#include "opwire/opstack/driver/l2_block_ref.hpp"
#include "opwire/opstack/driver/payload_queue.hpp"

namespace opwire::opstack {

/// The blocks above `after` and below `before`; the uppermost has the hash `top`. Without `before` and `top`: whatever
/// there is above, of which nothing is known yet.
struct Gap {
  BlockNumber after;
  std::optional<BlockNumber> before;
  Hash256 top;
  bool contested = false;  ///< of a branch: who has another block in its place is not wrong to have it
  bool operator==(const Gap&) const = default;
};

struct GapCheckOptions {
  GapCheckOptions() = default;
  Duration block_time = std::chrono::seconds(2);
  std::uint64_t piece = 2048;      ///< blocks asked for at once
  std::size_t max_anchors = 4096;  ///< beyond it the highest go
};

/// At most one range is under way.
class GapCheck {
 public:
  GapCheck(const GapCheckOptions& options, TimePoint now);

  /// Blocks arrive by themselves: the ticker begins anew, and anchors up to the head go.
  void on_head_moved(BlockNumber head, TimePoint now);
  /// What is to be asked for, when the ticker is due. head: or the block below it where a branch is sought. lowest: of
  /// the queue, null when empty; then the range is open-ended, and only given when the head is older than two block
  /// times.
  std::optional<Gap> check(const L2BlockRef& head, const ExecutionPayload* lowest, TimePoint now, WallTime wall);
  /// The next check does not wait for the ticker.
  void check_soon() noexcept { soon_ = true; }
  /// The range is there, or was given up.
  void on_range_ended() noexcept { under_way_.reset(); }
  /// The chain above the head turned out to be another.
  void forget_anchors() noexcept { anchors_.clear(); }

  TimePoint next_check() const noexcept { return next_; }
  const std::optional<Gap>& under_way() const noexcept { return under_way_; }
  std::size_t anchors() const noexcept { return anchors_.size(); }

 private:
  Duration period() const noexcept { return 2 * options_.block_time; }
  std::optional<Gap> find(const L2BlockRef& head, const ExecutionPayload* lowest, WallTime wall);
  Gap piece_below(BlockNumber top, const Hash256& hash, BlockNumber head) const noexcept;

  GapCheckOptions options_;
  TimePoint next_;
  bool soon_ = false;
  std::optional<Gap> under_way_;
  std::map<BlockNumber, Hash256> anchors_;
};

}  // namespace opwire::opstack
