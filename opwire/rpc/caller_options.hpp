#pragma once

#include <memory>
#include <optional>

#include "opwire/base/time.hpp"
#include "opwire/net/http/message.hpp"
#include "opwire/net/tls/context.hpp"
#include "opwire/rpc/jwt.hpp"

namespace opwire::rpc {

struct CallerOptions {
  CallerOptions() = default;

  std::shared_ptr<tls::Context> tls;          ///< of a client's side; for https and wss
  http::Headers headers;                      ///< sent with each HTTP request, and with each WebSocket's handshake
  std::optional<Jwt> jwt;                     ///< a token with each HTTP request and with each WebSocket's handshake
  std::size_t max_answer = 64 * 1024 * 1024;  ///< bytes of one
  std::size_t max_connections = 4;            ///< HTTP: calls at once; further ones wait
  std::size_t max_calls = 1024;               ///< under way or waiting; those beyond it end with kLimit
  std::size_t max_subscriptions = 16;         ///< WebSocket
  Duration connect_timeout = std::chrono::seconds(10);  ///< WebSocket
  /// WebSocket: how long after a connection could not be made the next one is tried; doubles up to the longest.
  Duration first_rest = std::chrono::milliseconds(100);
  Duration longest_rest = std::chrono::seconds(5);
};

}  // namespace opwire::rpc
