// The loop that runs on the machine: epoll, the system's clocks.
#pragma once

#include <memory>

#include "opwire/runtime/loop.hpp"

namespace opwire {

class ReactorLoop final : public Loop {
 public:
  ReactorLoop();
  ~ReactorLoop() override;

  /// Runs on the calling thread until stop(). What is suspended then stays so and can be run on.
  void run();
  /// From any thread.
  void stop();
  /// Runs until the task has ended and returns its value. For main programs and tests.
  template <class T>
  T run(Task<T> task);

  void post(std::function<void()> job) override;
  TimerId call_at(TimePoint when, std::function<void()> callback) override;
  void cancel_timer(const TimerId& id) override;
  boost::asio::any_io_executor executor() override;
  TimePoint now() const override;
  WallTime wall_now() const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

namespace detail {
/// Spawns task; calls done (on the loop) when it has ended.
void spawn_root(Loop& loop, Task<void> task, std::function<void()> done);

template <class T>
Task<void> store_result(Task<T> task, std::optional<T>& result) {
  result.emplace(co_await std::move(task));
}
}  // namespace detail

template <class T>
T ReactorLoop::run(Task<T> task) {
  if constexpr (std::is_void_v<T>) {
    detail::spawn_root(*this, std::move(task), [this] { stop(); });
    run();
  } else {
    std::optional<T> result;
    detail::spawn_root(*this, detail::store_result(std::move(task), result), [this] { stop(); });
    run();
    return std::move(*result);
  }
}

}  // namespace opwire
