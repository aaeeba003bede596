#pragma once

#include "opwire/base/error.hpp"

namespace opwire::sim::errors {
inline constexpr ErrorKind kWrongPeer{"sim.wrong_peer", "the peer is not the one that was dialled",
                                      Consequence::kCloseConnection};
inline constexpr ErrorKind kBadExchange{"sim.bad_exchange", "key and peer id do not belong together",
                                        Consequence::kCloseConnection};
inline constexpr ErrorKind kExchangeTooLarge{"sim.exchange_too_large", "plaintext exchange is over its limit",
                                             Consequence::kCloseConnection};
}  // namespace opwire::sim::errors
