// A loop on a thread of its own, for programs that have none.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <thread>

#include "opwire/runtime/reactor.hpp"

namespace opwire {

class LoopThread {
 public:
  LoopThread() : thread_([this] { loop_.run(); }) {}
  /// What is still suspended is dropped: end it before.
  ~LoopThread() {
    loop_.stop();
    thread_.join();
  }
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;

  /// To be used on its thread, except for post().
  Loop& loop() noexcept { return loop_; }

  /// From any other thread: make() is called on the loop, and the future gets what its task returns.
  template <class T>
  std::future<T> start(std::function<Task<T>()> make) {
    auto promise = std::make_shared<std::promise<T>>();
    std::future<T> future = promise->get_future();
    loop_.post(
        [this, promise, make = std::move(make)] { detail::spawn_root(loop_, fulfil<T>(make(), promise), [] {}); });
    return future;
  }

 private:
  template <class T>
  static Task<void> fulfil(Task<T> task, std::shared_ptr<std::promise<T>> promise) {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(task);
      promise->set_value();
    } else {
      promise->set_value(co_await std::move(task));
    }
  }

  ReactorLoop loop_;
  std::thread thread_;
};

}  // namespace opwire
