// A node, and where it is asked.
#pragma once

#include <memory>
#include <optional>

#include "opwire/discv5/node_record.hpp"
#include "opwire/net/endpoint.hpp"

namespace opwire::discv5 {

/// Records are shared: the table, lookups and whoever looks for peers hold the same one.
using RecordPtr = std::shared_ptr<const NodeRecord>;

/// The kinds of addresses that our socket reaches.
struct IpFamilies {
  bool v4 = true;
  bool v6 = false;
};

/// Of a socket there: the family of its address, and with :: both (net::bind_udp).
IpFamilies families_of(const net::Endpoint& listen) noexcept;

struct Contact {
  NodeId id;
  ByteArray<33> public_key{};
  net::Endpoint endpoint;
  RecordPtr record;  ///< null: known by an enode URL alone
};

/// The UDP endpoint of a record, IPv4 before IPv6 (whose port is "udp" where there is no "udp6"). Nothing where it has
/// none of these families, port 0, or an address that no host has: unspecified, multicast, reserved, IPv4 in ip6.
std::optional<net::Endpoint> udp_endpoint(const NodeRecord& record, IpFamilies families);
/// Nothing where udp_endpoint() is.
std::optional<Contact> contact_of(RecordPtr record, IpFamilies families);

/// Whether a node at `teller` may tell us of one at `told` (geth's rule): loopback is known to loopback only, private
/// addresses to private ones; unspecified and multicast ones to nobody.
bool may_relay(ByteView teller_ip, ByteView told_ip) noexcept;

}  // namespace opwire::discv5
