// How HTTP becomes WebSocket (RFC 6455 section 4). No extensions, no subprotocols.
#pragma once

#include <optional>
#include <string>

#include "opwire/base/result.hpp"
#include "opwire/base/rng.hpp"
#include "opwire/net/http/message.hpp"

namespace opwire::http {

/// Whether the request asks for WebSocket at all.
bool is_websocket_request(const Request& request);
/// 101, or the refusal (400, 426) that is right for it.
Response answer_websocket(const Request& request);

/// A client's request for target with further headers of its own; the key is random.
Request make_websocket_request(std::string target, Headers headers, Rng& rng);
/// Whether the server agreed. Errors: kHandshake, kForbidden.
Result<void> check_websocket_answer(const Request& request, const Response& response);

/// What Sec-WebSocket-Accept says to that key.
std::string websocket_accept(std::string_view key);

}  // namespace opwire::http
