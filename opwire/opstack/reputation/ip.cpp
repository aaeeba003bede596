#include "opwire/opstack/reputation/ip.hpp"

#include <algorithm>

#include "opwire/multiformats/ip_scope.hpp"
#include "opwire/multiformats/ip_text.hpp"
#include "opwire/opstack/reputation/errors.hpp"

namespace opwire::opstack::reputation {

Ip::Ip(ByteView bytes) noexcept : size_(static_cast<std::uint8_t>(bytes.size())) {
  std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}

Result<Ip> Ip::from(ByteView bytes) {
  if (bytes.size() != 4 && bytes.size() != 16) return errors::kNoIp;
  return Ip(multiformats::unmap_ip(bytes));
}

Result<Ip> Ip::parse_text(std::string_view text) {
  if (const auto ip4 = multiformats::parse_ip4(text)) return from(*ip4);
  if (const auto ip6 = multiformats::parse_ip6(text)) return from(*ip6);
  return errors::kNoIp;
}

std::optional<Ip> Ip::of(const Multiaddr& address) {
  const auto bytes = address.ip();
  if (!bytes) return std::nullopt;
  return Ip(multiformats::unmap_ip(*bytes));
}

std::string Ip::to_string() const {
  return multiformats::format_ip(bytes());
}

}  // namespace opwire::opstack::reputation
