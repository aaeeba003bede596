#include "opwire/discv5/subnet.hpp"

#include "opwire/multiformats/ip_scope.hpp"

namespace opwire::discv5 {

bool share_subnet(const net::Endpoint& a, const net::Endpoint& b) noexcept {
  // The table compares a newcomer with everybody: most are told apart here, by a few bytes.
  if (a.is_v6 != b.is_v6) return false;
  const std::size_t bytes = a.is_v6 ? 6 : 3;
  return equal(a.ip().first(bytes), b.ip().first(bytes)) && multiformats::is_public_ip(a.ip());
}

}  // namespace opwire::discv5
