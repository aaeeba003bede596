// One coroutine at a time.
#pragma once

#include <utility>

#include "opwire/runtime/event.hpp"

namespace opwire::store {

class Turns {
 public:
  explicit Turns(Loop& loop) : freed_(loop) {}

  /// The turn ends when this is destroyed.
  class Turn {
   public:
    explicit Turn(Turns& owner) : owner_(&owner) { owner.busy_ = true; }
    Turn(Turn&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (owner_ == nullptr) return;
      owner_->busy_ = false;
      owner_->freed_.notify_all();
    }

   private:
    Turns* owner_;
  };

  /// Waits in a cancelled task too.
  Task<Turn> take() {
    while (busy_) co_await freed_.wait_uncancelled();
    co_return Turn(*this);
  }

 private:
  bool busy_ = false;
  Event freed_;
};

}  // namespace opwire::store
