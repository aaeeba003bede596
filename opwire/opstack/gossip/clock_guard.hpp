// Whether the local clock is right, judged by the blocks that arrive. Sans-I/O.
//
// A block's offset is its arrival by our clock minus its timestamp: the time it took, plus what our clock is ahead. The
// time it took is never negative (but for the few milliseconds by which a sequencer seals early) and has no upper
// bound, so small offsets tell of the clock and large ones of everything else. Hence the smallest are what counts, of
// many blocks: each block time is a slot that keeps its smallest, and of 32 slots the third smallest is the estimate,
// so that two odd blocks change nothing. It is an upper bound of what our clock is ahead:
//
//   behind   the estimate is negative: blocks come before they were made. Certain, unless the signer's clock is wrong.
//            Blocks refused because they are more than five seconds ahead are the strongest evidence and are told too.
//   ahead    even the fastest blocks come late. Our clock, or a sequencer that lags, or a bad way to it.
//
// Anybody can send old signed blocks again. So a late one counts only when it is newer than all before, and it can push
// no other out of its slot. A clock that was set (wall time against steady time) makes what was measured worthless.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "opwire/base/time.hpp"

namespace opwire::opstack {

enum class ClockState : unsigned char {
  kUnknown,  ///< too few blocks yet
  kGood,
  kBehind,
  kAhead,
};
std::string_view to_string(ClockState state);

/// What is to be told: it went wrong, it still is (every kRepeat), or it is well again (kGood).
struct ClockNotice {
  ClockState state = ClockState::kUnknown;
  Duration skew{};  ///< positive: our clock is ahead, at the most by this; negative: behind, at least by this
};

class ClockGuard {
 public:
  static constexpr std::size_t kSlots = 32;
  static constexpr std::size_t kLeastSlots = 8;  ///< with fewer there is no estimate
  static constexpr std::size_t kOutliers = 2;    ///< so many slots may be wrong
  static constexpr Duration kBehind = std::chrono::milliseconds(500);
  static constexpr Duration kLeastAhead = std::chrono::seconds(4);  ///< or two block times
  static constexpr Duration kRepeat = std::chrono::minutes(10);

  explicit ClockGuard(Duration block_time);

  /// A block of another node with a valid signature, accepted or not. arrived and at are the same moment.
  std::optional<ClockNotice> observe(std::uint64_t timestamp, WallTime arrived, TimePoint at);

  ClockState state() const noexcept { return state_; }
  /// The latest estimate; none: there was not enough to go by.
  std::optional<Duration> skew() const noexcept { return skew_; }

 private:
  struct Slot {
    std::int64_t index = -1;
    Duration offset{};
  };
  void forget_if_set(WallTime arrived, TimePoint at);
  void keep(Duration offset, TimePoint at);
  std::optional<Duration> estimate(TimePoint at) const;
  ClockState judge(Duration skew) const;
  std::int64_t slot_index(TimePoint at) const { return at.time_since_epoch() / slot_; }

  const Duration slot_;
  const Duration ahead_;
  std::array<Slot, kSlots> slots_;
  std::optional<Duration> wall_of_steady_;  // wall time minus steady time, at the last block
  std::uint64_t newest_ = 0;                // timestamp; never ahead of our clock
  ClockState state_ = ClockState::kUnknown;
  std::optional<Duration> skew_;
  TimePoint next_notice_{};
};

}  // namespace opwire::opstack
