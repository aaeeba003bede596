#pragma once

#include "opwire/base/error.hpp"

namespace opwire::multistream::errors {
inline constexpr ErrorKind kTokenTooLong{"multistream.token_too_long", "token is longer than 1024 bytes",
                                         Consequence::kResetStream};
inline constexpr ErrorKind kBadLength{"multistream.bad_length", "length of a token is not minimal",
                                      Consequence::kResetStream};
inline constexpr ErrorKind kNoNewline{"multistream.no_newline", "token does not end with a newline",
                                      Consequence::kResetStream};
inline constexpr ErrorKind kBadHeader{"multistream.bad_header", "the other side does not speak /multistream/1.0.0",
                                      Consequence::kResetStream};
inline constexpr ErrorKind kTooManyProposals{"multistream.too_many_proposals", "too many protocols were proposed",
                                             Consequence::kResetStream};
inline constexpr ErrorKind kWrongAnswer{"multistream.wrong_answer", "the answer is neither the proposal nor na",
                                        Consequence::kResetStream};
inline constexpr ErrorKind kNotSupported{"multistream.not_supported", "the other side supports none of the protocols"};
}  // namespace opwire::multistream::errors
