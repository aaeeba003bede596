// The machine's own addresses.
#pragma once

#include <vector>

#include "opwire/base/bytes.hpp"

namespace opwire::net {

/// Of all interfaces that are up, loopback first, without IPv6 link-local ones: 4 or 16 bytes each.
std::vector<Bytes> interface_addresses();

}  // namespace opwire::net
