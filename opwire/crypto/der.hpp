// A reader of the little DER that RSA keys have, strict as Go's: definite shortest lengths only. Private to this
// library.
#pragma once

#include <optional>

#include "opwire/base/bytes.hpp"

namespace opwire::crypto {

class DerReader {
 public:
  enum Tag : std::uint8_t { kInteger = 0x02, kBitString = 0x03, kNull = 0x05, kOid = 0x06, kSequence = 0x30 };

  explicit DerReader(ByteView data) noexcept : rest_(data) {}

  bool at_end() const noexcept { return rest_.empty(); }
  /// The contents of the next element if it has this tag.
  std::optional<ByteView> next(Tag tag) noexcept;
  /// The magnitude of the next element, an integer that is not negative: no leading zeros, empty for zero.
  std::optional<ByteView> next_unsigned() noexcept;

 private:
  ByteView rest_;
};

}  // namespace opwire::crypto
