#include "opwire/p2p/swarm/address_rank.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace opwire::swarm {
namespace {

bool is_zero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool leads_nowhere(ByteView ip) {
  if (is_zero(ip)) return true;
  if (ip.size() == 4) return ip[0] >= 224 || (ip[0] == 169 && ip[1] == 254);
  return ip[0] == 0xff || (ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80);
}

std::size_t distance(const Multiaddr& address) {
  if (!address.ip()) return 0;
  if (address.is_loopback()) return 1;
  return address.is_private() ? 2 : 3;
}

bool is_v6(const Multiaddr& address) {
  const auto ip = address.ip();
  return ip && ip->size() == 16;
}

void append_by_turns(std::vector<Multiaddr>& out, std::vector<Multiaddr> group) {
  std::vector<Multiaddr> v6;
  std::vector<Multiaddr> others;
  for (Multiaddr& address : group) (is_v6(address) ? v6 : others).push_back(std::move(address));
  for (std::size_t i = 0; i < std::max(v6.size(), others.size()); ++i) {
    if (i < v6.size()) out.push_back(std::move(v6[i]));
    if (i < others.size()) out.push_back(std::move(others[i]));
  }
}

}  // namespace

bool is_dialable(const Multiaddr& address) {
  if (const auto ip = address.ip(); ip && leads_nowhere(*ip)) return false;
  return address.tcp_port() != std::uint16_t{0};
}

std::vector<Multiaddr> rank_addresses(std::vector<Multiaddr> addresses, std::size_t max) {
  std::array<std::vector<Multiaddr>, 4> groups;
  std::unordered_set<Multiaddr> seen;
  for (Multiaddr& address : addresses) {
    if (seen.insert(address).second) groups[distance(address)].push_back(std::move(address));
  }
  std::vector<Multiaddr> ranked;
  for (auto& group : groups) append_by_turns(ranked, std::move(group));
  if (ranked.size() > max) ranked.resize(max);
  return ranked;
}

}  // namespace opwire::swarm
