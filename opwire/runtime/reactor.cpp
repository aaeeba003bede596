#include "opwire/runtime/reactor.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "opwire/base/check.hpp"

namespace opwire {
namespace asio = boost::asio;

struct ReactorLoop::Impl {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
  asio::steady_timer timer{context};
  TimerHeap heap;
  TimePoint armed = TimePoint::max();
  SystemClock clock;

  // One system timer stands for the whole heap: it is set to the earliest and set again after firing.
  void rearm() {
    const TimePoint next = heap.next().value_or(TimePoint::max());
    if (next >= armed) return;
    armed = next;
    timer.expires_at(next);
    timer.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      armed = TimePoint::max();
      while (auto callback = heap.pop_due(clock.now())) (*callback)();
      rearm();
    });
  }
};

ReactorLoop::ReactorLoop() : impl_(std::make_unique<Impl>()) {}
ReactorLoop::~ReactorLoop() = default;

void ReactorLoop::run() {
  impl_->context.restart();
  impl_->context.run();
}
void ReactorLoop::stop() {
  impl_->context.stop();
}

void ReactorLoop::post(std::function<void()> job) {
  asio::post(impl_->context, std::move(job));
}

TimerId ReactorLoop::call_at(TimePoint when, std::function<void()> callback) {
  const TimerId id = impl_->heap.add(when, std::move(callback));
  impl_->rearm();
  return id;
}

void ReactorLoop::cancel_timer(const TimerId& id) {
  impl_->heap.cancel(id);
}
asio::any_io_executor ReactorLoop::executor() {
  return impl_->context.get_executor();
}
TimePoint ReactorLoop::now() const {
  return impl_->clock.now();
}
WallTime ReactorLoop::wall_now() const {
  return impl_->clock.wall_now();
}

namespace detail {

namespace {
Task<void> run_root(Task<void> task) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await std::move(task);
}
}  // namespace

void spawn_root(Loop& loop, Task<void> task, std::function<void()> done) {
  asio::co_spawn(loop.executor(), run_root(std::move(task)),
                 [done = std::move(done)](const std::exception_ptr& failure) {
                   if (failure) std::rethrow_exception(failure);
                   done();
                 });
}

}  // namespace detail
}  // namespace opwire
