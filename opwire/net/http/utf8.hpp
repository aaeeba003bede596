// UTF-8 (RFC 3629), checked as it arrives.
#pragma once

#include <cstdint>

#include "opwire/base/bytes.hpp"

namespace opwire::http {

class Utf8Check {
 public:
  /// False as soon as no continuation could make it UTF-8.
  bool feed(ByteView bytes) noexcept;
  /// Whether the text may end here.
  bool complete() const noexcept { return left_ == 0; }

 private:
  bool begin(std::uint8_t byte) noexcept;

  unsigned left_ = 0;  // bytes that the character still needs; the next one lies in [low_, high_]
  std::uint8_t low_ = 0x80;
  std::uint8_t high_ = 0xbf;
};

}  // namespace opwire::http
