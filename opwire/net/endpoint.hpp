// Where a socket is: an IP address and a port.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "opwire/base/bytes.hpp"

namespace opwire::net {

/// An IPv4 or IPv6 address and a port. A v4-mapped IPv6 address is held as IPv4.
struct Endpoint {
  Endpoint() = default;
  Endpoint(ByteView ip_address, std::uint16_t port_number);  ///< ip_address: 4 or 16 bytes

  /// An address and a port as to_string() writes them; names, zones and ports without an address are refused.
  static std::optional<Endpoint> parse(std::string_view text);
  /// An address as a host is written, IPv6 without brackets.
  static std::optional<Endpoint> parse_ip(std::string_view ip, std::uint16_t port);
  /// 0.0.0.0 or ::, where a socket takes what comes to any of the machine's addresses.
  bool is_unspecified() const noexcept { return address == ByteArray<16>{}; }

  ByteView ip() const noexcept { return {address.data(), is_v6 ? std::size_t{16} : std::size_t{4}}; }
  std::string to_string() const;  ///< 127.0.0.1:9222, [::1]:9222
  auto operator<=>(const Endpoint&) const = default;

  ByteArray<16> address{};
  bool is_v6 = false;
  std::uint16_t port = 0;
};

}  // namespace opwire::net

template <>
struct std::hash<opwire::net::Endpoint> {
  std::size_t operator()(const opwire::net::Endpoint& endpoint) const noexcept {
    return std::hash<std::string_view>{}(opwire::as_text(endpoint.ip())) * 31 + endpoint.port;
  }
};
