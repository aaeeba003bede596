// Addresses with names in them (/dns, /dns4, /dns6, /dnsaddr) to addresses that can be dialled.
#pragma once

#include <vector>

#include "opwire/multiformats/multiaddr.hpp"
#include "opwire/net/dns.hpp"

namespace opwire::transport {

/// True when the address begins with a name.
bool has_name(const Multiaddr& address);

/// Addresses without a name are returned as they are. A name becomes one address for each of its IPs; a /dnsaddr, those
/// of its TXT records (dnsaddr=...) that end as the asked-for address does, resolved further. At most 32 lookups, 100
/// results. Errors: those of the resolver, when nothing was found.
Task<Result<std::vector<Multiaddr>>> resolve_address(net::Resolver& resolver, Multiaddr address, TimePoint deadline);

}  // namespace opwire::transport
