// Structured concurrency: who starts a task also waits for its end.
#pragma once

#include <boost/intrusive/list.hpp>

#include "opwire/runtime/event.hpp"

namespace opwire {

/// A set of running tasks. A component owns one, cancels it when it has to stop, and joins it before it goes away:
/// a Scope that is destroyed non-empty aborts.
class Scope {
 public:
  explicit Scope(Loop& loop) : loop_(loop), emptied_(loop) {}
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  /// Starts the task on the loop's next turn. Every task begins; in a cancelled scope it starts cancelled.
  void spawn(Task<void> task);
  /// Wakes every child from what it waits for, with the answer "cancelled"; from then on none of their waits blocks.
  /// The children end by themselves, soon; join() waits for that.
  void cancel();
  bool cancelled() const noexcept { return cancelled_; }
  bool empty() const noexcept { return children_.empty(); }
  /// Waits until no child is left, also in a cancelled task.
  Task<void> join();

 private:
  struct Child : boost::intrusive::list_base_hook<> {
    virtual void cancel() = 0;

   protected:
    ~Child() = default;
  };
  struct Running;
  struct OnEnd;

  Loop& loop_;
  Event emptied_;
  bool cancelled_ = false;
  boost::intrusive::list<Child, boost::intrusive::constant_time_size<false>> children_;
};

}  // namespace opwire
