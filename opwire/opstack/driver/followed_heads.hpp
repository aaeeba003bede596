// Safe and finalized blocks that a node which derives the chain has named, until the engine has taken them.
//
// They have delays of their own and take turns with blocks: neither keeps the other from the engine. A safe block above
// the head is told too (the engine may be able to get it by itself), but that it cannot is no failure: blocks go on,
// and once the head is there it is told again.
#pragma once

#include <algorithm>
#include <optional>

#include "opwire/base/time.hpp"
#include "opwire/opstack/driver/l2_block_ref.hpp"

namespace opwire::opstack {

class FollowedHeads {
 public:
  FollowedHeads(Duration first_retry, Duration longest_retry) : first_(first_retry), longest_(longest_retry) {}

  void put(const L2BlockRef& safe, const L2BlockRef& finalized) {
    waiting_ = Heads{safe, finalized};
    insists_ = false;
  }
  bool is_due(TimePoint now) const noexcept { return waiting_ && now >= retry_at_; }
  /// None: nothing waits, or it is due.
  std::optional<TimePoint> next_wake() const noexcept {
    return waiting_ && retry_at_ != TimePoint{} ? std::optional(retry_at_) : std::nullopt;
  }

  // While something waits.
  const L2BlockRef& safe() const { return waiting_->safe; }
  const L2BlockRef& finalized() const { return waiting_->finalized; }
  bool is_above(const std::optional<L2BlockRef>& head) const { return !head || safe().number > head->number; }
  /// Whether the safe block is told as the head too.
  bool takes_over(const std::optional<L2BlockRef>& head) const {
    return insists_ || !head || safe().number >= head->number;
  }
  /// The engine has refused it below our head: most likely our head does not descend from it, and it is right.
  void insist() noexcept { insists_ = true; }

  void on_taken() noexcept {
    waiting_.reset();
    delay_ = {};
    retry_at_ = {};
  }
  void on_refused(TimePoint now) noexcept {
    delay_ = delay_ == Duration{} ? first_ : std::min(2 * delay_, longest_);
    retry_at_ = now + delay_;
    waits_for_head_ = true;
  }
  void on_head(const L2BlockRef& head) noexcept {
    if (!waiting_ || !waits_for_head_ || waiting_->safe.number > head.number) return;
    waits_for_head_ = false;
    retry_at_ = {};
  }

 private:
  struct Heads {
    L2BlockRef safe;
    L2BlockRef finalized;
  };

  Duration first_;
  Duration longest_;
  std::optional<Heads> waiting_;
  bool insists_ = false;
  bool waits_for_head_ = false;
  Duration delay_{};
  TimePoint retry_at_{};
};

}  // namespace opwire::opstack
