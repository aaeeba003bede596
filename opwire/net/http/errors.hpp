#pragma once

#include "opwire/base/error.hpp"

namespace opwire::http::errors {
// A message that cannot be taken. The server answers them with the status in brackets and closes.
inline constexpr ErrorKind kMalformed{"http.malformed", "not a well-formed HTTP message",
                                      Consequence::kCloseConnection};  // 400
inline constexpr ErrorKind kBadFraming{"http.bad_framing", "the length of the HTTP body is ambiguous",
                                       Consequence::kCloseConnection};  // 400
inline constexpr ErrorKind kNoLength{"http.no_length", "an HTTP body without its length",
                                     Consequence::kCloseConnection};  // 411
inline constexpr ErrorKind kBodyTooLarge{"http.body_too_large", "HTTP body is larger than the limit",
                                         Consequence::kCloseConnection};  // 413
inline constexpr ErrorKind kHeaderTooLarge{"http.header_too_large", "HTTP header is larger than the limit",
                                           Consequence::kCloseConnection};  // 431
inline constexpr ErrorKind kUnknownCoding{"http.unknown_coding", "HTTP transfer coding other than chunked",
                                          Consequence::kCloseConnection};  // 501
inline constexpr ErrorKind kTooManyBodies{"http.too_many_bodies", "too many HTTP bodies at once",
                                          Consequence::kCloseConnection};  // 503
inline constexpr ErrorKind kBadVersion{"http.bad_version", "neither HTTP/1.0 nor HTTP/1.1",
                                       Consequence::kCloseConnection};  // 505

inline constexpr ErrorKind kExpectation{"http.expectation", "an expectation other than 100-continue",
                                        Consequence::kCloseConnection};  // 417

// What a client meets besides.
inline constexpr ErrorKind kBadUrl{"http.bad_url", "not a URL of http, https, ws or wss"};
inline constexpr ErrorKind kNoTls{"http.no_tls", "https and wss need TLS, which is not set up here"};
inline constexpr ErrorKind kBadRequest{"http.bad_request", "a request that cannot be written as HTTP"};
inline constexpr ErrorKind kRefused{"http.refused", "the server refuses connections"};
inline constexpr ErrorKind kClosedEarly{"http.closed_early", "the server closed before its answer was complete"};

// WebSocket (RFC 6455); the close code that answers each is in brackets.
inline constexpr ErrorKind kHandshake{"http.ws_handshake", "the server does not agree to WebSocket"};
/// Status 401 or 403.
inline constexpr ErrorKind kForbidden{"http.ws_forbidden", "the server does not let us open a WebSocket"};
inline constexpr ErrorKind kFrame{"http.ws_frame", "WebSocket frame breaks the protocol",
                                  Consequence::kCloseConnection};  // 1002
inline constexpr ErrorKind kBadText{"http.ws_bad_text", "WebSocket text is not UTF-8",
                                    Consequence::kCloseConnection};  // 1007
inline constexpr ErrorKind kMessageTooLong{"http.ws_message_too_long", "WebSocket message is longer than the limit",
                                           Consequence::kCloseConnection};  // 1009
inline constexpr ErrorKind kPeerClosed{"http.ws_peer_closed", "the other side closed the WebSocket"};
}  // namespace opwire::http::errors
