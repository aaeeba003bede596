// Views and containers of bytes, and fixed-width integers in either byte order.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace opwire {

/// Bytes that somebody else owns; valid only as long as the owner says.
using ByteView = std::span<const std::uint8_t>;
using MutableByteView = std::span<std::uint8_t>;
/// Pieces that stand for the bytes of all, one after another.
using ByteViews = std::span<const ByteView>;
/// Bytes that we own.
using Bytes = std::vector<std::uint8_t>;
template <std::size_t N>
using ByteArray = std::array<std::uint8_t, N>;

inline ByteView as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

inline bool equal(ByteView a, ByteView b) noexcept {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

template <std::unsigned_integral T>
T load_be(const std::uint8_t* from) noexcept {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>((value << 8) | from[i]);
  return value;
}
template <std::unsigned_integral T>
void store_be(std::uint8_t* to, T value) noexcept {
  for (std::size_t i = sizeof(T); i-- > 0; value = static_cast<T>(value >> 8)) to[i] = static_cast<std::uint8_t>(value);
}
template <std::unsigned_integral T>
T load_le(const std::uint8_t* from) noexcept {
  T value = 0;
  for (std::size_t i = sizeof(T); i-- > 0;) value = static_cast<T>((value << 8) | from[i]);
  return value;
}
template <std::unsigned_integral T>
void store_le(std::uint8_t* to, T value) noexcept {
  for (std::size_t i = 0; i < sizeof(T); ++i, value = static_cast<T>(value >> 8))
    to[i] = static_cast<std::uint8_t>(value);
}

}  // namespace opwire
