// Threads for work that would hold up the loop: checks of big blocks, and (with one thread) whatever may block.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <vector>

#include "opwire/base/result.hpp"
#include "opwire/runtime/event.hpp"

namespace opwire {

class WorkerPool {
 public:
  /// threads = 0 runs every job on the loop itself, at once: the simulator's deterministic form. At most max_queued
  /// jobs wait for a thread.
  explicit WorkerPool(std::size_t threads = default_threads(), std::size_t max_queued = 1024);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// One less than the machine has cores, at least 1.
  static std::size_t default_threads() noexcept;

  /// Runs the job on a thread of the pool and returns what it returns (a plain value). The caller keeps what the job
  /// reads alive; a cancelled caller still waits for it, so a job must be short. Errors: kLimit when the queue is full.
  template <class Job>
  Task<Result<std::invoke_result_t<Job&>>> run(Loop& loop, Job job) {
    std::optional<std::invoke_result_t<Job&>> value;
    if (threads_.empty()) {
      value.emplace(job());
      co_return std::move(*value);
    }
    Event done(loop);
    const bool queued = submit([&] {
      value.emplace(job());
      loop.post([&done] { done.notify_all(); });
    });
    if (!queued) co_return Error(errors::kLimit, "worker pool queue");
    co_await done.wait_uncancelled();
    co_return std::move(*value);
  }

  /// Jobs that wait for a thread, and how many may.
  std::size_t queued() const;
  std::size_t max_queued() const noexcept { return max_queued_; }

 private:
  bool submit(std::function<void()> job);
  void work();

  mutable std::mutex mutex_;
  std::condition_variable available_;
  std::deque<std::function<void()>> queue_;
  std::size_t max_queued_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace opwire
