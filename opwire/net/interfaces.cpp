#include "opwire/net/interfaces.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <memory>

namespace opwire::net {
namespace {

Bytes ip_of(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address).sin_addr;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&v4);
    return {bytes, bytes + sizeof(v4)};
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  return {std::begin(v6.s6_addr), std::end(v6.s6_addr)};
}

bool is_usable(const ifaddrs& entry) {
  if (entry.ifa_addr == nullptr || (entry.ifa_flags & IFF_UP) == 0) return false;
  if (entry.ifa_addr->sa_family == AF_INET) return true;
  return entry.ifa_addr->sa_family == AF_INET6 &&
         !IN6_IS_ADDR_LINKLOCAL(&reinterpret_cast<const sockaddr_in6*>(entry.ifa_addr)->sin6_addr);
}

}  // namespace

std::vector<Bytes> interface_addresses() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  std::vector<Bytes> loopback;
  std::vector<Bytes> others;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (!is_usable(*entry)) continue;
    auto& group = (entry->ifa_flags & IFF_LOOPBACK) != 0 ? loopback : others;
    group.push_back(ip_of(*entry->ifa_addr));
  }
  loopback.insert(loopback.end(), others.begin(), others.end());
  return loopback;
}

}  // namespace opwire::net
