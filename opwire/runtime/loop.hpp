// The seam under all waiting: one thread, its clock, its timers and its queue of jobs.
//
// A loop owns all connections and protocol state that live on it. Everything is called on its thread, except post().
// ReactorLoop (reactor.hpp) runs on the machine; SimulatedLoop (simulated_loop.hpp) runs whole networks in virtual
// time.
#pragma once

#include <functional>

#include <boost/asio/any_io_executor.hpp>

#include "opwire/base/time.hpp"
#include "opwire/runtime/task.hpp"
#include "opwire/runtime/timer_heap.hpp"

namespace opwire {

class Loop : public Clock {
 public:
  /// From any thread: runs the job on the loop, after what is queued already.
  virtual void post(std::function<void()> job) = 0;
  /// Runs the callback at that time (at once on the next turn when it has passed).
  virtual TimerId call_at(TimePoint when, std::function<void()> callback) = 0;
  virtual void cancel_timer(const TimerId& id) = 0;
  /// For runtime/ and net/ only.
  virtual boost::asio::any_io_executor executor() = 0;
};

/// One-shot, re-armable; cancelled when destroyed. A deadline is a Timer that closes what it watches.
class Timer {
 public:
  Timer(Loop& loop, std::function<void()> on_expiry) : loop_(loop), on_expiry_(std::move(on_expiry)) {}
  ~Timer() { cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void arm(TimePoint when);
  void arm_in(Duration delay) { arm(loop_.now() + delay); }
  void cancel();
  bool armed() const noexcept { return id_ != TimerId{}; }

 private:
  Loop& loop_;
  std::function<void()> on_expiry_;
  TimerId id_;
};

/// False when the waiting task was cancelled.
Task<bool> sleep_until(Loop& loop, TimePoint when);
Task<bool> sleep_for(Loop& loop, Duration delay);

}  // namespace opwire
