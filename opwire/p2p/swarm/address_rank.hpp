// In which order a peer's addresses are dialled.
#pragma once

#include <vector>

#include "opwire/multiformats/multiaddr.hpp"

namespace opwire::swarm {

/// False for addresses that lead nowhere: unspecified, multicast or link-local IPs, port 0.
bool is_dialable(const Multiaddr& address);

/// Drops duplicates, keeps at most max. Near ones first (loopback, private, public); among equals IPv6 and IPv4 by
/// turns, beginning with IPv6, otherwise as given.
std::vector<Multiaddr> rank_addresses(std::vector<Multiaddr> addresses, std::size_t max);

}  // namespace opwire::swarm
