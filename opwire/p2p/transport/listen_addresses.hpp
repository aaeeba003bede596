// What listeners' addresses mean for others.
#pragma once

#include <vector>

#include "opwire/multiformats/multiaddr.hpp"

namespace opwire::transport {

/// Replaces 0.0.0.0 and :: by the interfaces' own addresses of that family.
std::vector<Multiaddr> without_wildcards(const std::vector<Multiaddr>& addresses);

}  // namespace opwire::transport
