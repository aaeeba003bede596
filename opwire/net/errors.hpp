#pragma once

#include "opwire/base/error.hpp"

namespace opwire::net::errors {
inline constexpr ErrorKind kConnect{"net.connect", "cannot connect"};
inline constexpr ErrorKind kListen{"net.listen", "cannot listen"};
inline constexpr ErrorKind kAccept{"net.accept", "cannot accept"};
inline constexpr ErrorKind kIo{"net.io", "connection broke"};
inline constexpr ErrorKind kReceive{"net.receive", "cannot receive datagrams"};
inline constexpr ErrorKind kResolve{"net.resolve", "name does not resolve"};
}  // namespace opwire::net::errors
