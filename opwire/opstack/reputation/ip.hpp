// An IP address as a key of the books: one that is banned or blocked is so in either of its forms.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/multiformats/multiaddr.hpp"

namespace opwire::opstack::reputation {

/// IPv4 or IPv6; an IPv4-mapped IPv6 address is the IPv4 address inside. In order: IPv4 first, each by its number.
class Ip {
 public:
  /// 4 or 16 bytes. Errors: kNoIp.
  static Result<Ip> from(ByteView bytes);
  static Result<Ip> parse_text(std::string_view text);
  /// The first ip4 or ip6 component; none where there is only a name.
  static std::optional<Ip> of(const Multiaddr& address);

  ByteView bytes() const noexcept { return {bytes_.data(), size_}; }
  std::string to_string() const;  ///< 192.0.2.1, 2001:db8::1

  auto operator<=>(const Ip&) const = default;

 private:
  explicit Ip(ByteView bytes) noexcept;
  std::uint8_t size_ = 0;
  ByteArray<16> bytes_{};  // zeros beyond size_
};

}  // namespace opwire::opstack::reputation

template <>
struct std::hash<opwire::opstack::reputation::Ip> {
  std::size_t operator()(const opwire::opstack::reputation::Ip& ip) const noexcept {
    return std::hash<std::string_view>{}(opwire::as_text(ip.bytes()));
  }
};
