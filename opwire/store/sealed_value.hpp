// How a value lies in a table: checksum (4), rank (8), the value's bytes. Numbers are little endian; the checksum is
// the beginning of SHA-256 over rank, key and value.
#pragma once

#include <optional>

#include "opwire/base/bytes.hpp"

namespace opwire::store {

inline constexpr std::size_t kSealSize = 12;

struct OpenedValue {
  std::uint64_t rank = 0;
  ByteView bytes;  ///< of what was opened
};

Bytes seal_value(ByteView key, std::uint64_t rank, ByteView value);
/// Nothing when it is not what was sealed under that key.
std::optional<OpenedValue> open_value(ByteView key, ByteView sealed) noexcept;
/// Without a look at the checksum; 0 where there is none.
std::uint64_t rank_of(ByteView sealed) noexcept;

}  // namespace opwire::store
