#include "opwire/multiformats/varint.hpp"

#include <bit>

#include "opwire/multiformats/errors.hpp"

namespace opwire::multiformats {

namespace {
constexpr std::size_t kMaxSpecSize = 9;  // 63 bits
}  // namespace

std::size_t write_varint(std::uint64_t value, std::uint8_t* out) noexcept {
  std::size_t size = 0;
  for (; value >= 0x80; value >>= 7) out[size++] = static_cast<std::uint8_t>(value | 0x80);
  out[size++] = static_cast<std::uint8_t>(value);
  return size;
}

void append_varint(Bytes& out, std::uint64_t value) {
  ByteArray<kMaxVarintSize> encoded;
  const std::size_t size = write_varint(value, encoded.data());
  out.insert(out.end(), encoded.begin(), encoded.begin() + size);
}

std::size_t varint_size(std::uint64_t value) noexcept {
  return (std::bit_width(value | 1) + 6) / 7;
}

Result<Varint> parse_varint(ByteView data) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kMaxSpecSize; ++i) {
    if (i == data.size()) return errors::kTruncated;
    const std::uint8_t byte = data[i];
    value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if (byte >= 0x80) continue;
    if (byte == 0 && i > 0) return errors::kVarintNotMinimal;
    return Varint{value, i + 1};
  }
  return errors::kVarintTooLong;
}

}  // namespace opwire::multiformats
