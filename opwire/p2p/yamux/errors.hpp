#pragma once

#include "opwire/base/error.hpp"

namespace opwire::yamux::errors {
// What a peer did that ends the session.
inline constexpr ErrorKind kBadVersion{"yamux.bad_version", "frame is of a yamux version other than 0",
                                       Consequence::kCloseConnection};
inline constexpr ErrorKind kBadType{"yamux.bad_type", "frame type is unknown", Consequence::kCloseConnection};
inline constexpr ErrorKind kBadStreamId{"yamux.bad_stream_id", "stream id is 0 or of the wrong side",
                                        Consequence::kCloseConnection};
inline constexpr ErrorKind kDuplicateStream{"yamux.duplicate_stream", "a stream of this id is open already",
                                            Consequence::kCloseConnection};
inline constexpr ErrorKind kWindowExceeded{"yamux.window_exceeded", "more data than the window allows",
                                           Consequence::kCloseConnection};
inline constexpr ErrorKind kWindowOverflow{"yamux.window_overflow", "window grows past 2^32",
                                           Consequence::kCloseConnection};
inline constexpr ErrorKind kFrameTooLong{"yamux.frame_too_long", "frame is longer than any window",
                                         Consequence::kCloseConnection};
inline constexpr ErrorKind kControlFlood{"yamux.control_flood", "the peer causes answers and does not read them",
                                         Consequence::kCloseConnection};
inline constexpr ErrorKind kPingTimeout{"yamux.ping_timeout", "no answer to a keep-alive ping"};
inline constexpr ErrorKind kWriteTimeout{"yamux.write_timeout", "the peer stopped reading"};
inline constexpr ErrorKind kGoAway{"yamux.go_away", "the other side ended the session"};
// What a peer did that ends one stream.
inline constexpr ErrorKind kDataAfterFin{"yamux.data_after_fin", "data after the end of the stream",
                                         Consequence::kResetStream};
// Of this side.
inline constexpr ErrorKind kAckBacklog{"yamux.ack_backlog", "too many opened streams are not acknowledged yet"};
inline constexpr ErrorKind kIdsExhausted{"yamux.ids_exhausted", "no stream ids are left in this session"};
}  // namespace opwire::yamux::errors
