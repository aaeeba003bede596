// Unsigned varint (multiformats/unsigned-varint): LEB128, at most 9 bytes, minimal.
#pragma once

#include <cstdint>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::multiformats {

inline constexpr std::size_t kMaxVarintSize = 10;  // of a full 64-bit protobuf varint; multiformats stop at 9

/// Writes value to out (room for kMaxVarintSize); returns the bytes used.
std::size_t write_varint(std::uint64_t value, std::uint8_t* out) noexcept;
void append_varint(Bytes& out, std::uint64_t value);
std::size_t varint_size(std::uint64_t value) noexcept;

struct Varint {
  std::uint64_t value;
  std::size_t size;  ///< bytes it took
};
/// Reads one from the front. Errors: kTruncated (more bytes needed), kVarintTooLong, kVarintNotMinimal.
Result<Varint> parse_varint(ByteView data) noexcept;

}  // namespace opwire::multiformats
