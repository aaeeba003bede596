// A bounded queue between coroutines of one loop.
#pragma once

#include <deque>
#include <optional>

#include "opwire/runtime/event.hpp"

namespace opwire {

template <class T>
class Mailbox {
 public:
  Mailbox(Loop& loop, std::size_t capacity) : arrived_(loop), capacity_(capacity) {}

  /// False when it is full or closed; the item is dropped then.
  bool push(T item) {
    if (closed_ || items_.size() >= capacity_) return false;
    items_.push_back(std::move(item));
    arrived_.notify_one();
    return true;
  }

  /// Waits for an item. Nothing: closed and empty, or the waiting task was cancelled.
  Task<std::optional<T>> pop() {
    while (items_.empty()) {
      if (closed_) co_return std::nullopt;
      const bool notified = co_await arrived_.wait();
      if (!notified && items_.empty()) co_return std::nullopt;
    }
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    co_return item;
  }

  /// No more items; those queued can still be taken.
  void close() {
    closed_ = true;
    arrived_.notify_all();
  }
  std::size_t size() const noexcept { return items_.size(); }

 private:
  Event arrived_;
  std::deque<T> items_;
  std::size_t capacity_;
  bool closed_ = false;
};

}  // namespace opwire
