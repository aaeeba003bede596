#include "opwire/runtime/scope.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstdio>
#include <exception>
#include <memory>

#include "opwire/base/check.hpp"

namespace opwire {
namespace asio = boost::asio;
namespace {

void check_outcome(const std::exception_ptr& failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "opwire: a task ended with an exception: %s\n", exception.what());
  }
  OPW_CHECK(!"tasks report errors as values");
}

}  // namespace

struct Scope::Running final : Scope::Child {
  // Boost 1.81 loses a coroutine that is cancelled before it has begun: its end is reported to nobody.
  void cancel() override {
    if (begun) signal.emit(asio::cancellation_type::terminal);
  }

  static Task<void> run(Scope& scope, Running& self, Task<void> task) {
    // From here on cancellation is an answer that waits give, not an exception.
    co_await asio::this_coro::throw_if_cancelled(false);
    self.begun = true;
    if (scope.cancelled_) self.cancel();
    co_await std::move(task);
  }

  asio::cancellation_signal signal;
  bool begun = false;
};

// Names its cancellation slot itself: with bind_cancellation_slot, Boost 1.81 passes a cancellation on by way of the
// executor's queue, where it can find that the child has ended and is gone.
struct Scope::OnEnd {
  using cancellation_slot_type = asio::cancellation_slot;
  cancellation_slot_type get_cancellation_slot() const noexcept { return child->signal.slot(); }

  void operator()(const std::exception_ptr& failure) {
    check_outcome(failure);
    scope.children_.erase(scope.children_.iterator_to(*child));
    if (scope.children_.empty()) scope.emptied_.notify_all();
  }

  Scope& scope;
  std::unique_ptr<Running> child;
};

Scope::~Scope() {
  OPW_CHECK(children_.empty());
}

void Scope::spawn(Task<void> task) {
  auto child = std::make_unique<Running>();
  children_.push_back(*child);
  Task<void> body = Running::run(*this, *child, std::move(task));
  asio::co_spawn(loop_.executor(), std::move(body), OnEnd{*this, std::move(child)});
}

void Scope::cancel() {
  if (std::exchange(cancelled_, true)) return;
  for (Child& child : children_) child.cancel();
}

Task<void> Scope::join() {
  while (!children_.empty()) co_await emptied_.wait_uncancelled();
}

}  // namespace opwire
