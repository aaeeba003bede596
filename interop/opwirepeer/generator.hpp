// The pseudo-random bytes that /opwire/source/1.0.0 sends and that bulk tests compare with: xorshift64*, little-endian.
#pragma once

#include <algorithm>

#include "opwire/base/bytes.hpp"

namespace opwire::interop {

class Generator {
 public:
  explicit Generator(std::uint64_t seed) noexcept : state_(seed == 0 ? kZeroSeed : seed) {}

  /// The next into.size() bytes.
  void fill(MutableByteView into) noexcept {
    while (!into.empty()) {
      if (left_ == 0) {
        store_le(word_.data(), next());
        left_ = word_.size();
      }
      const std::size_t size = std::min(left_, into.size());
      std::copy_n(word_.end() - static_cast<std::ptrdiff_t>(left_), size, into.begin());
      left_ -= size;
      into = into.subspan(size);
    }
  }

 private:
  static constexpr std::uint64_t kZeroSeed = 0x9e3779b97f4a7c15;  // xorshift cannot start from zero

  std::uint64_t next() noexcept {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1d;
  }

  std::uint64_t state_;
  ByteArray<8> word_{};
  std::size_t left_ = 0;  // bytes of word_ not handed out yet, at its end
};

}  // namespace opwire::interop
