// What counts as one network when nodes are counted: whoever has one address of it easily has all.
#pragma once

#include "opwire/net/endpoint.hpp"

namespace opwire::discv5 {

/// Whether both are of one public /24 (IPv6: /48). Never for loopback and private addresses: networks of ours, where
/// many nodes stand side by side.
bool share_subnet(const net::Endpoint& a, const net::Endpoint& b) noexcept;

}  // namespace opwire::discv5
