#pragma once

#include "opwire/base/error.hpp"

namespace opwire::swarm::errors {
// Dialling.
inline constexpr ErrorKind kBadOptions{"swarm.bad_options", "an option of the swarm makes no sense"};
inline constexpr ErrorKind kSelfDial{"swarm.self_dial", "this is our own peer id"};
inline constexpr ErrorKind kNoAddresses{"swarm.no_addresses", "no address of the peer is known that can be dialled"};
inline constexpr ErrorKind kBackoff{"swarm.backoff", "dialling failed a moment ago; it will be tried again later"};
inline constexpr ErrorKind kGated{"swarm.gated", "the connection gater refused"};
// Connections and streams. Limits are ours: what does not fit is refused, and held against nobody.
inline constexpr ErrorKind kNotConnected{"swarm.not_connected", "no such connection"};
inline constexpr ErrorKind kTooManyConnections{"swarm.too_many_connections", "limit of connections reached"};
inline constexpr ErrorKind kTooManyStreams{"swarm.too_many_streams", "limit of streams reached"};
inline constexpr ErrorKind kTooMuchMemory{"swarm.too_much_memory", "limit of stream memory reached"};
inline constexpr ErrorKind kNoCommonProtocol{"swarm.no_common_protocol", "no security protocol or muxer in common",
                                             Consequence::kCloseConnection};
}  // namespace opwire::swarm::errors
