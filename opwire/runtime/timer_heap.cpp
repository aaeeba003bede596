#include "opwire/runtime/timer_heap.hpp"

namespace opwire {

TimerId TimerHeap::add(TimePoint when, std::function<void()> callback) {
  const TimerId id{when, ++sequence_};
  timers_.emplace(id, std::move(callback));
  return id;
}

std::optional<TimePoint> TimerHeap::next() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->first.when;
}

std::optional<std::function<void()>> TimerHeap::pop_due(TimePoint now) {
  if (timers_.empty() || timers_.begin()->first.when > now) return std::nullopt;
  auto node = timers_.extract(timers_.begin());
  return std::move(node.mapped());
}

}  // namespace opwire
