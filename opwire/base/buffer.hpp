// Bytes that are shared instead of copied.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include "opwire/base/bytes.hpp"

namespace opwire {

/// One piece of memory with a reference count. The count is not atomic: a block and all Buffers on it stay on the
/// thread that made them. Other threads get a ByteView while the owner keeps a Buffer alive.
class Block final : public boost::intrusive_ref_counter<Block, boost::thread_unsafe_counter> {
 public:
  /// Uninitialised memory of the given size.
  static boost::intrusive_ptr<Block> make(std::size_t size);

  std::uint8_t* data() noexcept { return reinterpret_cast<std::uint8_t*>(this + 1); }
  std::size_t size() const noexcept { return size_; }

  void operator delete(void* block) noexcept;

 private:
  explicit Block(std::size_t size) noexcept : size_(size) {}
  std::size_t size_;
};
using BlockPtr = boost::intrusive_ptr<Block>;

/// A slice of a Block. Copying shares the block; the bytes are written only by whoever made the block, before sharing.
class Buffer {
 public:
  Buffer() noexcept = default;
  Buffer(BlockPtr block, MutableByteView bytes) noexcept : block_(std::move(block)), bytes_(bytes) {}
  /// Copies the bytes into a block of exactly their size.
  static Buffer copy_of(ByteView bytes);
  /// size uninitialised bytes.
  static Buffer uninitialized(std::size_t size);

  const std::uint8_t* data() const noexcept { return bytes_.data(); }
  std::size_t size() const noexcept { return bytes_.size(); }
  bool empty() const noexcept { return bytes_.empty(); }
  ByteView view() const noexcept { return bytes_; }
  operator ByteView() const noexcept { return bytes_; }  // NOLINT(google-explicit-constructor)
  /// For the maker of the block, before the buffer is shared.
  MutableByteView writable() noexcept { return bytes_; }

  /// A part of this buffer, sharing the block; offset + size must lie inside.
  Buffer slice(std::size_t offset, std::size_t size) const;
  /// Splits off the first size bytes (or all, if fewer).
  Buffer take_front(std::size_t size);
  /// How much memory this slice keeps alive.
  std::size_t block_size() const noexcept { return block_ ? block_->size() : 0; }

 private:
  BlockPtr block_;
  MutableByteView bytes_;
};

}  // namespace opwire
