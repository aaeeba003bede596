// An HTTP/1.1 server with WebSocket. It knows nothing of paths, hosts or rights: that is the handler's.
//
// Memory: at most max_connections, each with one request (max_body; max_bodies all together) and one answer. Requests
// of one connection are served one after another; what a client sends meanwhile stays in the system's buffers.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "opwire/net/endpoint.hpp"
#include "opwire/net/http/message.hpp"
#include "opwire/net/http/websocket.hpp"
#include "opwire/net/stream.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::http {

struct PeerInfo {
  PeerInfo() = default;
  explicit PeerInfo(const net::Endpoint& from) : remote(from) {}
  net::Endpoint remote;
};

struct ServerOptions {
  ServerOptions() = default;

  std::optional<net::Endpoint> endpoint;  ///< where to listen; none: connections come by serve() only
  std::size_t max_connections = 1000;     ///< those beyond get a 503
  std::size_t max_header = 16 * 1024;
  std::uint64_t max_body = 10 * 1024 * 1024;
  std::uint64_t max_bodies = 256 * 1024 * 1024;  ///< of all requests that arrive or are being answered; beyond it 503
  Duration idle_timeout = std::chrono::seconds(120);  ///< between requests, and before the first
  Duration read_timeout = std::chrono::seconds(30);   ///< for a whole request, from its first byte: then 408
  Duration write_timeout = std::chrono::seconds(60);  ///< for a whole answer
  WebSocketOptions websocket;
};

/// What is answered. It runs as long as it likes; cancelled when close() reaches its deadline.
using Handler = std::function<Task<Response>(Request, PeerInfo)>;
/// Lives as long as the connection; its end closes the WebSocket, as does the server's close() (code 1001).
using WebSocketHandler = std::function<Task<void>(WebSocket&, Request, PeerInfo)>;
/// Asked before a WebSocket is agreed to; an answer refuses it.
using WebSocketCheck = std::function<std::optional<Response>(const Request&, const PeerInfo&)>;

struct Handlers {
  Handlers() = default;
  explicit Handlers(Handler on_request) : request(std::move(on_request)) {}

  Handler request;
  WebSocketHandler websocket;  ///< none: requests for WebSocket are requests like others
  WebSocketCheck websocket_check;
};

class Server {
 public:
  /// Errors: net::errors::kListen.
  static Result<std::unique_ptr<Server>> make(Loop& loop, ServerOptions options, Handlers handlers);
  /// Only after close().
  ~Server();

  /// Where it listens; the port is known here when 0 was asked for.
  std::optional<net::Endpoint> local_endpoint() const;
  std::size_t connections() const noexcept;
  /// Serves a connection that somebody else made (TLS, memory), under the same limits.
  void serve(std::unique_ptr<Stream> stream, PeerInfo peer);
  /// Takes no more connections, ends idle ones at once and others after the answer under way; what is left at the
  /// deadline is cancelled.
  Task<void> close(TimePoint deadline);

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace opwire::http
