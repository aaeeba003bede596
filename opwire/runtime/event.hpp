// What coroutines wait on.
#pragma once

#include <boost/intrusive/list.hpp>

#include "opwire/runtime/loop.hpp"

namespace opwire {

enum class Wake : unsigned char { kNotified, kTimeout, kCancelled };

/// Wakes waiting coroutines. It remembers nothing: test the condition, then wait, in a loop. Woken coroutines run on
/// the loop's next turn, never inside notify.
class Event {
 public:
  explicit Event(Loop& loop) noexcept : loop_(loop) {}
  /// Those still waiting are woken as cancelled.
  ~Event();
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void notify_one();
  void notify_all();
  bool has_waiters() const noexcept { return !waiters_.empty(); }

  /// True when notified, false when the waiting task was cancelled (at once, if it already is).
  Task<bool> wait();
  /// The same with a time limit.
  Task<Wake> wait_until(TimePoint deadline);
  /// Waits even in a cancelled task: for what must be awaited, such as jobs of the worker pool.
  Task<void> wait_uncancelled();

  Loop& loop() noexcept { return loop_; }

 private:
  struct Waiter;
  Task<Wake> suspend(Waiter& waiter);

  Loop& loop_;
  using Hook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
  struct Node : Hook {
    virtual void wake(Wake how) = 0;

   protected:
    ~Node() = default;
  };
  boost::intrusive::list<Node, boost::intrusive::constant_time_size<false>> waiters_;
};

/// True in a task whose scope was cancelled.
Task<bool> is_cancelled();
/// Makes a cancelled task able to wait again, for its clean-up. The next cancellation counts again.
Task<void> clear_cancellation();

}  // namespace opwire
