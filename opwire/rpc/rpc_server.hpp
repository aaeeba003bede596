// The methods over HTTP and WebSocket on one port, as Go's servers answer:
//
//   POST, any path     a request in JSON; Content-Type application/json (415 otherwise; none is taken too, but not from
//                      a web page)
//   GET, empty         200 and nothing, for load balancers; OPTIONS likewise, and CORS
//   /healthz           {"version":"..."}
//   WebSocket          each message a request; subscriptions
//
// Memory: HTTP bodies as http::ServerOptions say: 5 MiB each, as Go's, and kBlockBody where methods take blocks; 256
// MiB together. A WebSocket takes messages of 1 MiB and max_calls of them at once: what is larger goes by POST.
#pragma once

#include <memory>

#include "opwire/rpc/access.hpp"
#include "opwire/rpc/json_server.hpp"
#include "opwire/rpc/subscriptions.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::rpc {

/// A block of 10 MiB as JSON, and half as much again.
inline constexpr std::uint64_t kBlockBody = std::uint64_t{32} << 20;

struct ServerOptions {
  ServerOptions();

  http::ServerOptions http;  ///< endpoint: where to listen
  AccessOptions access;
  RequestLimits requests;
  SubscriptionLimits subscriptions;
  std::size_t max_websockets = 256;  ///< those beyond get a 503
  std::size_t max_calls = 8;         ///< under way of one WebSocket; further ones are not read
  std::string version;               ///< what /healthz says
};

class RpcServer {
 public:
  /// methods outlives it. Errors: net kListen.
  static Result<std::unique_ptr<RpcServer>> make(Loop& loop, const MethodTable& methods, ServerOptions options);
  RpcServer(const RpcServer&) = delete;
  RpcServer& operator=(const RpcServer&) = delete;

  std::optional<net::Endpoint> local_endpoint() const { return http_->local_endpoint(); }
  const JsonServer& calls() const noexcept { return json_; }
  std::size_t connections() const noexcept { return http_->connections(); }
  std::size_t websockets() const noexcept { return websockets_; }
  /// A connection that somebody else made.
  void serve(std::unique_ptr<Stream> stream, http::PeerInfo peer) { http_->serve(std::move(stream), std::move(peer)); }
  /// To be awaited before it is destroyed. Calls under way are waited for until the deadline.
  Task<void> close(TimePoint deadline) { return http_->close(deadline); }

 private:
  struct Session;
  RpcServer(Loop& loop, const MethodTable& methods, ServerOptions options);
  http::Handlers handlers();
  Task<http::Response> on_request(http::Request request, Context context);
  std::optional<http::Response> answer_without_call(const http::Request& request) const;
  std::optional<http::Response> refuse_websocket(const http::Request& request) const;
  Task<void> on_websocket(http::WebSocket& socket, Context context);
  static Task<void> read(RpcServer& self, Session& session);
  static Task<void> answer(RpcServer& self, Session& session, std::string text);
  static Task<void> tell_news(Session& session);

  Loop& loop_;
  const ServerOptions options_;
  JsonServer json_;
  std::size_t websockets_ = 0;
  std::unique_ptr<http::Server> http_;
};

}  // namespace opwire::rpc
