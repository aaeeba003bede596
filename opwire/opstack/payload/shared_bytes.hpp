// Bytes that a decoded payload points into.
#pragma once

#include <memory>

#include "opwire/base/bytes.hpp"
#include "opwire/base/check.hpp"

namespace opwire::opstack {

/// A slice of immutable bytes that its copies keep alive. Unlike base's Buffer it may be copied and destroyed on any
/// thread: payloads are decoded on the CPU pool.
class SharedBytes {
 public:
  SharedBytes() noexcept = default;
  explicit SharedBytes(Bytes bytes) : owner_(std::make_shared<const Bytes>(std::move(bytes))), bytes_(*owner_) {}

  ByteView view() const noexcept { return bytes_; }
  std::size_t size() const noexcept { return bytes_.size(); }
  /// offset + size must lie inside.
  SharedBytes slice(std::size_t offset, std::size_t size) const {
    OPW_CHECK(offset <= bytes_.size() && size <= bytes_.size() - offset);
    SharedBytes part = *this;
    part.bytes_ = bytes_.subspan(offset, size);
    return part;
  }
  SharedBytes from(std::size_t offset) const { return slice(offset, bytes_.size() - offset); }

 private:
  std::shared_ptr<const Bytes> owner_;
  ByteView bytes_;
};

}  // namespace opwire::opstack
