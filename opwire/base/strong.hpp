// Fixed-length byte values that are not interchangeable: Hash256 is no Address.
#pragma once

#include <compare>
#include <optional>

#include "opwire/base/bytes.hpp"

namespace opwire {

/// N bytes with a meaning. Tag makes the type; all zero by default.
template <std::size_t N, class Tag>
struct FixedBytes {
  static constexpr std::size_t kSize = N;
  ByteArray<N> bytes{};

  /// The bytes must be exactly N long.
  static std::optional<FixedBytes> from(ByteView view) noexcept {
    if (view.size() != N) return std::nullopt;
    FixedBytes value;
    std::memcpy(value.bytes.data(), view.data(), N);
    return value;
  }

  ByteView view() const noexcept { return bytes; }
  bool is_zero() const noexcept { return *this == FixedBytes{}; }
  auto operator<=>(const FixedBytes&) const = default;
};

/// A 256-bit hash: block hash, state root, Keccak or SHA-256 digest. Shown as 0x-hex.
using Hash256 = FixedBytes<32, struct Hash256Tag>;
/// An Ethereum account address.
using Address = FixedBytes<20, struct AddressTag>;

/// A number that is not interchangeable with others.
template <class T, class Tag>
struct StrongNumber {
  T value{};
  auto operator<=>(const StrongNumber&) const = default;
};

using ChainId = StrongNumber<std::uint64_t, struct ChainIdTag>;
using BlockNumber = StrongNumber<std::uint64_t, struct BlockNumberTag>;

}  // namespace opwire

template <std::size_t N, class Tag>
struct std::hash<opwire::FixedBytes<N, Tag>> {
  std::size_t operator()(const opwire::FixedBytes<N, Tag>& value) const noexcept {
    std::size_t word;
    static_assert(N >= sizeof(word));
    std::memcpy(&word, value.bytes.data(), sizeof(word));
    return word;
  }
};
