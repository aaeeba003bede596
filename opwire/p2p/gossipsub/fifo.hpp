// A queue in one vector: an empty one holds no memory (std::deque holds 576 bytes, and there are several per peer).
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace opwire::gossipsub {

template <class T>
class Fifo {
 public:
  bool empty() const noexcept { return head_ == items_.size(); }
  std::size_t size() const noexcept { return items_.size() - head_; }
  T& front() noexcept { return items_[head_]; }
  auto begin() noexcept { return items_.begin() + static_cast<std::ptrdiff_t>(head_); }
  auto end() noexcept { return items_.end(); }
  auto begin() const noexcept { return items_.begin() + static_cast<std::ptrdiff_t>(head_); }
  auto end() const noexcept { return items_.end(); }

  void push(T item) { items_.push_back(std::move(item)); }

  void pop() {
    T dropped = std::move(items_[head_++]);
    static_cast<void>(dropped);
    compact();
  }

  /// Removes all for which test(item) holds, keeping the order; returns how many.
  template <class Test>
  std::size_t remove_if(Test test) {
    const auto kept = std::remove_if(begin(), end(), std::move(test));
    const auto removed = static_cast<std::size_t>(end() - kept);
    items_.erase(kept, end());
    compact();
    return removed;
  }

 private:
  static constexpr std::size_t kKept = 32;  // items' worth of memory that an empty queue may keep

  void compact() {
    if (empty()) {
      if (items_.capacity() > kKept) items_ = {};
      items_.clear();
      head_ = 0;
    } else if (head_ > items_.size() / 2) {
      items_.erase(items_.begin(), begin());
      head_ = 0;
    }
  }

  std::vector<T> items_;
  std::size_t head_ = 0;
};

}  // namespace opwire::gossipsub
