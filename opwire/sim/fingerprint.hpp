// One number for a whole run: two runs that differ in any event differ in it.
#pragma once

#include <cstdint>

#include "opwire/base/bytes.hpp"
#include "opwire/base/time.hpp"

namespace opwire::sim {

/// Fast rather than strong: it notices accidents, it does not resist anybody.
class Fingerprint {
 public:
  void add(std::uint64_t word) noexcept {
    state_ = (state_ ^ word) * 0x9e3779b97f4a7c15;
    state_ ^= state_ >> 29;
  }
  void add(TimePoint when) noexcept { add(static_cast<std::uint64_t>(when.time_since_epoch().count())); }
  void add(ByteView bytes) noexcept {
    add(bytes.size());
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) add(load_le<std::uint64_t>(bytes.data()));
    for (const std::uint8_t byte : bytes) add(byte);
  }
  std::uint64_t value() const noexcept { return state_; }

 private:
  std::uint64_t state_ = 0x6f70776972655f5f;
};

}  // namespace opwire::sim
