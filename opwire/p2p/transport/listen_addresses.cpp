#include "opwire/p2p/transport/listen_addresses.hpp"

#include <algorithm>

#include "opwire/net/interfaces.hpp"

namespace opwire::transport {
namespace {

bool is_wildcard(const Multiaddr& address) {
  const auto ip = address.ip();
  return ip && std::all_of(ip->begin(), ip->end(), [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

std::vector<Multiaddr> without_wildcards(const std::vector<Multiaddr>& addresses) {
  std::vector<Multiaddr> concrete;
  for (const Multiaddr& address : addresses) {
    if (!is_wildcard(address)) {
      concrete.push_back(address);
      continue;
    }
    for (const Bytes& ip : net::interface_addresses()) {
      if (ip.size() == address.ip()->size()) concrete.push_back(Multiaddr::ip_tcp(ip, *address.tcp_port()));
    }
  }
  return concrete;
}

}  // namespace opwire::transport
