// Time is an argument: protocol code gets a TimePoint or a Clock and never asks the system itself.
#pragma once

#include <chrono>
#include <cstdint>

namespace opwire {

using Duration = std::chrono::nanoseconds;
/// Steady time: for timers, deadlines and intervals. Never shown to people, never sent.
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;
/// Wall-clock time, UTC: for block timestamps, records and logs. May jump.
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  virtual WallTime wall_now() const = 0;
};

/// The machine's own clocks.
class SystemClock final : public Clock {
 public:
  TimePoint now() const override;
  WallTime wall_now() const override;
};

/// A clock that stands still until it is moved (tests, and `--at`).
class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime wall = WallTime{}) : wall_(wall) {}
  TimePoint now() const override { return now_; }
  WallTime wall_now() const override { return wall_; }
  void advance(Duration by) {
    now_ += by;
    wall_ += by;
  }

 private:
  TimePoint now_{std::chrono::hours(1)};
  WallTime wall_;
};

inline std::uint64_t unix_seconds(WallTime time) noexcept {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}
inline WallTime from_unix_seconds(std::uint64_t seconds) noexcept {
  return WallTime{std::chrono::seconds(seconds)};
}

}  // namespace opwire
