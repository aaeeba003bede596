#pragma once

#include "opwire/base/error.hpp"

namespace opwire::transport::errors {
inline constexpr ErrorKind kUnsupported{"transport.unsupported", "no transport here for such an address"};
inline constexpr ErrorKind kNoListener{"transport.no_listener", "nobody listens at this memory address"};
inline constexpr ErrorKind kAddressInUse{"transport.address_in_use", "the memory address is in use"};
}  // namespace opwire::transport::errors
