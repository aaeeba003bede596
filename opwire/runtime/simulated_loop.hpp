// A loop in virtual time: the clock jumps from one timer to the next when nothing is left to run. Deterministic, single
// thread; sockets do not exist here, in-memory transports do. For tests and the simulator.
#pragma once

#include <memory>

#include "opwire/base/check.hpp"
#include "opwire/runtime/loop.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire {

class SimulatedLoop final : public Loop {
 public:
  /// wall: what the wall clock shows at the start.
  explicit SimulatedLoop(WallTime wall = from_unix_seconds(1'700'000'000));
  ~SimulatedLoop() override;

  /// Runs everything that happens up to and including that time; the clock then shows it.
  void run_until(TimePoint when);
  void run_for(Duration duration) { run_until(now() + duration); }
  /// Runs until the task has ended and returns its value. A task that waits for nothing that can happen, or for longer
  /// than limit, is a broken test: abort.
  template <class T>
  T run(Task<T> task, Duration limit = std::chrono::hours(24));

  /// Not from other threads, unlike other loops.
  void post(std::function<void()> job) override;
  TimerId call_at(TimePoint when, std::function<void()> callback) override;
  void cancel_timer(const TimerId& id) override;
  boost::asio::any_io_executor executor() override;
  TimePoint now() const override;
  WallTime wall_now() const override;

 private:
  /// Runs queued jobs, then moves to the next timer, unless that is after limit. False when nothing was left to do.
  bool step(TimePoint limit);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

template <class T>
T SimulatedLoop::run(Task<T> task, Duration limit) {
  const TimePoint end = now() + limit;
  bool ended = false;
  const auto drive = [&] {
    while (!ended) OPW_CHECK(step(end));
  };
  if constexpr (std::is_void_v<T>) {
    detail::spawn_root(*this, std::move(task), [&ended] { ended = true; });
    drive();
  } else {
    std::optional<T> result;
    detail::spawn_root(*this, detail::store_result(std::move(task), result), [&ended] { ended = true; });
    drive();
    return std::move(*result);
  }
}

}  // namespace opwire
