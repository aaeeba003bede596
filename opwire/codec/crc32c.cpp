#include "opwire/codec/crc32c.hpp"

#include <array>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace opwire::codec {
namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  constexpr std::uint32_t kReversedPolynomial = 0x82f63b78;
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1U) != 0 ? kReversedPolynomial : 0);
    table[i] = value;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> kTable = make_table();

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(ByteView bytes) noexcept {
  std::uint64_t wide = 0xffffffff;
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) wide = _mm_crc32_u64(wide, load_le<std::uint64_t>(bytes.data()));
  auto value = static_cast<std::uint32_t>(wide);
  for (const std::uint8_t byte : bytes) value = _mm_crc32_u8(value, byte);
  return ~value;
}
#endif

}  // namespace

std::uint32_t detail::crc32c_by_table(ByteView bytes) noexcept {
  std::uint32_t value = 0xffffffff;
  for (const std::uint8_t byte : bytes) value = (value >> 8) ^ kTable[(value ^ byte) & 0xffU];
  return ~value;
}

std::uint32_t crc32c(ByteView bytes) noexcept {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return by_instruction(bytes);
#endif
  return detail::crc32c_by_table(bytes);
}

}  // namespace opwire::codec
