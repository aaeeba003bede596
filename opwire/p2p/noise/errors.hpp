#pragma once

#include "opwire/base/error.hpp"

namespace opwire::noise::errors {
inline constexpr ErrorKind kMessageTooShort{"noise.message_too_short", "handshake message ends early",
                                            Consequence::kCloseConnection};
inline constexpr ErrorKind kBadPayload{"noise.bad_payload", "handshake payload lacks or garbles the identity",
                                       Consequence::kCloseConnection};
inline constexpr ErrorKind kWrongPeer{"noise.wrong_peer", "the other side is another peer than the one dialled",
                                      Consequence::kCloseConnection};
inline constexpr ErrorKind kSelf{"noise.self", "the other side is this peer itself", Consequence::kCloseConnection};
inline constexpr ErrorKind kFrameTooShort{"noise.frame_too_short", "frame is shorter than its tag",
                                          Consequence::kCloseConnection};
inline constexpr ErrorKind kTruncated{"noise.truncated", "the connection ended inside a frame"};
inline constexpr ErrorKind kNonceExhausted{"noise.nonce_exhausted", "all nonces of the key are used up",
                                           Consequence::kCloseConnection};
}  // namespace opwire::noise::errors
