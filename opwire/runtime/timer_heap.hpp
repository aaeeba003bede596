// Callbacks ordered by time; the part of a loop that is the same for the machine's clock and a simulated one.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "opwire/base/time.hpp"

namespace opwire {

/// Names a pending timer; the default names none.
struct TimerId {
  TimePoint when{};
  std::uint64_t sequence = 0;
  auto operator<=>(const TimerId&) const = default;
};

class TimerHeap {
 public:
  TimerId add(TimePoint when, std::function<void()> callback);
  /// No effect when it has fired or was cancelled.
  void cancel(const TimerId& id) { timers_.erase(id); }
  std::optional<TimePoint> next() const;
  /// Takes out the earliest callback that is due; equal times keep the order in which they were added.
  std::optional<std::function<void()>> pop_due(TimePoint now);

 private:
  std::map<TimerId, std::function<void()>> timers_;
  std::uint64_t sequence_ = 0;
};

}  // namespace opwire
