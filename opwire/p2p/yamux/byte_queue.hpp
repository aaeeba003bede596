// Bytes in order, kept as slices of the blocks they came in.
#pragma once

#include <vector>

#include "opwire/base/buffer.hpp"

namespace opwire::yamux {

/// Holds slices without copying, except where a small slice would keep a large block alive: small ones are gathered
/// into blocks of the queue's own. So the memory behind a queue is at most twice its size() plus a constant (4.5 MiB),
/// however the bytes arrive. An empty queue holds no block.
class ByteQueue {
 public:
  /// Shares the bytes, or copies them where that costs less memory.
  void push(Buffer bytes);
  void push_copy(ByteView bytes);
  /// Takes up to max bytes from the front, as one slice; empty only if the queue is.
  Buffer pop(std::size_t max);
  void clear();

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  /// Sum of the blocks behind the slices, each slice counted with its whole block (for tests of the bound).
  std::size_t pinned() const noexcept;

 private:
  bool worth_sharing(const Buffer& bytes) const noexcept;

  std::vector<Buffer> slices_;  // those before first_ are gone
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  BlockPtr tail_;  // the block that copies go to; its last slice is the queue's last
  std::size_t tail_used_ = 0;
};

}  // namespace opwire::yamux
