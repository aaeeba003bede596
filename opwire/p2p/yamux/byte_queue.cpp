#include "opwire/p2p/yamux/byte_queue.hpp"

#include <algorithm>
#include <utility>

namespace opwire::yamux {

namespace {
// Below this size a queue is generous: a slice may keep alive up to 8 times itself, above it only twice.
constexpr std::size_t kGenerous = 512 * 1024;
constexpr std::size_t kMinTail = 512;
constexpr std::size_t kMaxTail = 64 * 1024;
constexpr std::size_t kKeptSlices = 64;
}  // namespace

bool ByteQueue::worth_sharing(const Buffer& bytes) const noexcept {
  const std::size_t factor = size_ < kGenerous ? 8 : 2;
  return bytes.size() * factor >= bytes.block_size();
}

void ByteQueue::push(Buffer bytes) {
  if (bytes.empty()) return;
  if (!worth_sharing(bytes)) return push_copy(bytes);
  size_ += bytes.size();
  tail_ = nullptr;
  slices_.push_back(std::move(bytes));
}

void ByteQueue::push_copy(ByteView bytes) {
  size_ += bytes.size();
  if (tail_) {
    const std::size_t part = std::min(bytes.size(), tail_->size() - tail_used_);
    if (part > 0) {
      std::memcpy(tail_->data() + tail_used_, bytes.data(), part);
      MutableByteView last = slices_.back().writable();
      slices_.back() = Buffer(tail_, {last.data(), last.size() + part});
      tail_used_ += part;
      bytes = bytes.subspan(part);
    }
  }
  if (bytes.empty()) return;
  tail_ = Block::make(std::max(bytes.size(), std::clamp(size_ / 4, kMinTail, kMaxTail)));
  tail_used_ = bytes.size();
  std::memcpy(tail_->data(), bytes.data(), bytes.size());
  slices_.emplace_back(tail_, MutableByteView{tail_->data(), bytes.size()});
}

Buffer ByteQueue::pop(std::size_t max) {
  if (size_ == 0 || max == 0) return {};
  Buffer& front = slices_[first_];
  const bool whole = front.size() <= max;
  Buffer taken = whole ? std::move(front) : front.take_front(max);
  size_ -= taken.size();
  if (size_ == 0) {
    clear();
  } else if (whole && ++first_ >= kKeptSlices && first_ * 2 >= slices_.size()) {
    slices_.erase(slices_.begin(), slices_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  return taken;
}

void ByteQueue::clear() {
  if (slices_.capacity() > kKeptSlices) {
    slices_ = {};
  } else {
    slices_.clear();
  }
  first_ = 0;
  size_ = 0;
  tail_ = nullptr;
}

std::size_t ByteQueue::pinned() const noexcept {
  std::size_t sum = 0;
  for (std::size_t i = first_; i < slices_.size(); ++i) sum += slices_[i].block_size();
  return sum;
}

}  // namespace opwire::yamux
