#include "opwire/runtime/event.hpp"

#include <optional>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace opwire {
namespace asio = boost::asio;

// Lives in the frame of the waiting coroutine, so that waiting costs no allocation of its own.
struct Event::Waiter final : Event::Node {
  explicit Waiter(Event& event, bool can_be_cancelled = true) : owner(event), cancellable(can_be_cancelled) {}

  template <class Handler>
  void arm(Handler&& completion) {
    if (cancellable) slot = asio::get_associated_cancellation_slot(completion);
    handler.emplace(std::forward<Handler>(completion));
    owner.waiters_.push_back(*this);
    if (slot.is_connected()) {
      slot.assign([this](asio::cancellation_type) { wake(Wake::kCancelled); });
    }
  }

  void wake(Wake how) override {
    unlink();
    // The slot's own function may be what is running: it is cleared by the next operation, and finds no handler.
    if (how != Wake::kCancelled && slot.is_connected()) slot.clear();
    if (!handler) return;
    asio::post(owner.loop_.executor(), [resume = std::move(*handler), how]() mutable { std::move(resume)(how); });
    handler.reset();
  }

  Event& owner;
  bool cancellable;
  // Constructed in place: assigning an any_completion_handler never ends in Boost 1.81.
  std::optional<asio::any_completion_handler<void(Wake)>> handler;
  asio::cancellation_slot slot;
};

Event::~Event() {
  while (!waiters_.empty()) waiters_.front().wake(Wake::kCancelled);
}

void Event::notify_one() {
  if (!waiters_.empty()) waiters_.front().wake(Wake::kNotified);
}

void Event::notify_all() {
  while (!waiters_.empty()) waiters_.front().wake(Wake::kNotified);
}

Task<Wake> Event::suspend(Waiter& waiter) {
  auto initiate = [](auto handler, Waiter* armed) { armed->arm(std::move(handler)); };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Wake)>(initiate, asio::use_awaitable,
                                                                                     &waiter);
}

Task<bool> Event::wait() {
  if (co_await is_cancelled()) co_return false;
  Waiter waiter(*this);
  co_return co_await suspend(waiter) == Wake::kNotified;
}

Task<Wake> Event::wait_until(TimePoint deadline) {
  if (co_await is_cancelled()) co_return Wake::kCancelled;
  Waiter waiter(*this);
  Timer timer(loop_, [&waiter] { waiter.wake(Wake::kTimeout); });
  timer.arm(deadline);
  co_return co_await suspend(waiter);
}

Task<void> Event::wait_uncancelled() {
  Waiter waiter(*this, false);
  co_await suspend(waiter);
}

Task<bool> is_cancelled() {
  const auto state = co_await asio::this_coro::cancellation_state;
  co_return state.cancelled() != asio::cancellation_type::none;
}

Task<void> clear_cancellation() {
  co_await asio::this_coro::reset_cancellation_state();
  co_await asio::this_coro::throw_if_cancelled(false);
}

}  // namespace opwire
