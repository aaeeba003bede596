#include "opwire/runtime/scope.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
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

Task<void> run_child(Task<void> task) {
  // From here on cancellation is an answer that waits give, not an exception.
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await std::move(task);
}

// A child may only end with an exception when it was cancelled before its first line ran.
void check_outcome(const std::exception_ptr& failure, bool cancelled) {
  if (!failure || cancelled) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "opwire: a task ended with an exception: %s\n", exception.what());
  }
  OPW_CHECK(!"tasks report errors as values");
}

}  // namespace

struct Scope::Running final : Scope::Child {
  void cancel() override { signal.emit(asio::cancellation_type::terminal); }
  asio::cancellation_signal signal;
};

Scope::~Scope() {
  OPW_CHECK(children_.empty());
}

void Scope::spawn(Task<void> task) {
  auto child = std::make_unique<Running>();
  Running* const running = child.get();
  children_.push_back(*running);
  auto on_end = [this, owned = std::move(child)](const std::exception_ptr& failure) {
    check_outcome(failure, cancelled_);
    children_.erase(children_.iterator_to(*owned));
    if (children_.empty()) emptied_.notify_all();
  };
  asio::co_spawn(loop_.executor(), run_child(std::move(task)),
                 asio::bind_cancellation_slot(running->signal.slot(), std::move(on_end)));
  if (cancelled_) running->cancel();
}

void Scope::cancel() {
  if (std::exchange(cancelled_, true)) return;
  for (Child& child : children_) child.cancel();
}

Task<void> Scope::join() {
  while (!children_.empty()) co_await emptied_.wait_uncancelled();
}

}  // namespace opwire
