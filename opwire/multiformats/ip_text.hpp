// IP addresses as text: dotted quads, and IPv6 in the canonical form of RFC 5952. No zones, no ports, no prefixes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "opwire/base/bytes.hpp"

namespace opwire::multiformats {

/// Four decimal numbers without leading zeros.
std::optional<ByteArray<4>> parse_ip4(std::string_view text) noexcept;
/// Any form of RFC 4291, 2.2.
std::optional<ByteArray<16>> parse_ip6(std::string_view text) noexcept;
/// ip: 4 or 16 bytes. IPv4-mapped addresses are shown as ::ffff:192.0.2.1.
std::string format_ip(ByteView ip);

/// Digits only, no leading zeros, at most max.
std::optional<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t max) noexcept;

}  // namespace opwire::multiformats
