// JSON-RPC 2.0 as text: what a client writes and reads.
#pragma once

#include <variant>

#include "opwire/rpc/caller.hpp"

namespace opwire::rpc {

/// method: a plain name. params: the text of a JSON array, which becomes the call's without a copy where it has room.
std::string to_call_text(std::uint64_t id, std::string_view method, std::string params);

inline constexpr std::size_t kMaxDepth = 32;

struct Answer {
  std::optional<std::uint64_t> id;  ///< none: the server could not tell what the call's was
  Reply reply;
};
/// Of one call, nested no deeper than kMaxDepth. Errors: kNotAnswer.
Result<Answer> parse_answer(std::string_view text);

/// What a server sends unasked: the next item of a subscription.
struct Notification {
  std::string subscription;
  boost::json::value result;
};
using ServerMessage = std::variant<Answer, Notification>;
/// Either, as they come over a WebSocket. Errors: kNotAnswer.
Result<ServerMessage> parse_server_message(std::string_view text);

}  // namespace opwire::rpc
