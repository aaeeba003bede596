#pragma once

#include "opwire/base/error.hpp"

namespace opwire::identify::errors {
inline constexpr ErrorKind kTooLong{"identify.too_long", "identify message is longer than 8 KiB",
                                    Consequence::kResetStream};
inline constexpr ErrorKind kTooManyParts{"identify.too_many_parts", "identify answer has more than 10 messages",
                                         Consequence::kResetStream};
inline constexpr ErrorKind kTooManyProtocols{"identify.too_many_protocols", "peer lists more than 1,024 protocols",
                                             Consequence::kResetStream};
inline constexpr ErrorKind kWrongKey{"identify.wrong_key", "public key is not the one of the connection's peer",
                                     Consequence::kPenalise};
}  // namespace opwire::identify::errors
