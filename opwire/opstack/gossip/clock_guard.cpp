#include "opwire/opstack/gossip/clock_guard.hpp"

#include <algorithm>

namespace opwire::opstack {
namespace {

// Of the 64 bits of a timestamp, what a count of nanoseconds has room for; in the 22nd century.
constexpr std::uint64_t kLatest = 4'500'000'000;
// Between two blocks a clock that is being adjusted moves by less than this.
constexpr Duration kSet = std::chrono::milliseconds(250);

bool is_wrong(ClockState state) {
  return state == ClockState::kBehind || state == ClockState::kAhead;
}

}  // namespace

std::string_view to_string(ClockState state) {
  switch (state) {
    case ClockState::kUnknown:
      return "unknown";
    case ClockState::kGood:
      return "good";
    case ClockState::kBehind:
      return "behind";
    case ClockState::kAhead:
      return "ahead";
  }
  return "";
}

ClockGuard::ClockGuard(Duration block_time)
    : slot_(std::max<Duration>(block_time, std::chrono::seconds(1))), ahead_(std::max(kLeastAhead, 2 * slot_)) {}

std::optional<ClockNotice> ClockGuard::observe(std::uint64_t timestamp, WallTime arrived, TimePoint at) {
  forget_if_set(arrived, at);
  const Duration offset = arrived - from_unix_seconds(std::min(timestamp, kLatest));
  if (offset > Duration::zero()) {
    if (timestamp <= newest_) return std::nullopt;
    newest_ = timestamp;
  }
  keep(offset, at);
  const auto skew = estimate(at);
  if (!skew) return std::nullopt;
  skew_ = skew;
  const ClockState before = state_;
  state_ = judge(*skew);
  const bool due = is_wrong(state_) ? state_ != before || at >= next_notice_ : is_wrong(before);
  if (!due) return std::nullopt;
  next_notice_ = at + kRepeat;
  return ClockNotice{state_, *skew};
}

void ClockGuard::forget_if_set(WallTime arrived, TimePoint at) {
  const Duration now = arrived.time_since_epoch() - at.time_since_epoch();
  if (wall_of_steady_ && std::chrono::abs(now - *wall_of_steady_) > kSet) {
    slots_.fill(Slot());
    newest_ = std::min(newest_, unix_seconds(arrived));
  }
  wall_of_steady_ = now;
}

void ClockGuard::keep(Duration offset, TimePoint at) {
  const std::int64_t index = slot_index(at);
  Slot& slot = slots_[static_cast<std::size_t>(index) % kSlots];
  slot = slot.index == index ? Slot{index, std::min(slot.offset, offset)} : Slot{index, offset};
}

std::optional<Duration> ClockGuard::estimate(TimePoint at) const {
  std::array<Duration, kSlots> offsets{};
  std::size_t count = 0;
  const std::int64_t oldest = slot_index(at) - static_cast<std::int64_t>(kSlots);
  for (const Slot& slot : slots_) {
    if (slot.index >= 0 && slot.index > oldest) offsets[count++] = slot.offset;
  }
  if (count < kLeastSlots) return std::nullopt;
  std::nth_element(offsets.begin(), offsets.begin() + kOutliers, offsets.begin() + static_cast<std::ptrdiff_t>(count));
  return offsets[kOutliers];
}

// Back again takes half of what it takes to go wrong, so that a clock at the limit does not go to and fro.
ClockState ClockGuard::judge(Duration skew) const {
  if (skew < -(state_ == ClockState::kBehind ? kBehind / 2 : kBehind)) return ClockState::kBehind;
  if (skew > (state_ == ClockState::kAhead ? ahead_ / 2 : ahead_)) return ClockState::kAhead;
  return ClockState::kGood;
}

}  // namespace opwire::opstack
