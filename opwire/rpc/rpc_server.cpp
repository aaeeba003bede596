#include "opwire/rpc/rpc_server.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace opwire::rpc {
namespace {

constexpr std::size_t kMiB = 1024 * 1024;

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

// The media type alone: parameters (a charset) do not matter.
std::string_view media_type(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return type;
}

// A page may send a body without a type and without asking before; so with an Origin there must be one that it may not
// send so.
bool is_json(const http::Request& request) {
  const std::string* const type = request.headers.find("Content-Type");
  if (type == nullptr || type->empty()) return !request.headers.contains("Origin");
  for (const std::string_view name : {"application/json", "application/json-rpc", "application/jsonrequest"}) {
    if (http::equal_ignoring_case(media_type(*type), name)) return true;
  }
  return false;
}

http::Response health(const std::string& version) {
  const boost::json::object body{{"version", version}};
  return http::Response(200, boost::json::serialize(body) + "\n", "application/json");
}

}  // namespace

ServerOptions::ServerOptions() {
  http.max_body = 5 * kMiB;
  http.websocket.max_message = kMiB;
  http.websocket.max_queued = kMiB;
}

struct RpcServer::Session {
  Session(Loop& loop, http::WebSocket& websocket, const SubscriptionLimits& limits)
      : socket(websocket), news(loop), room(loop), subscriptions(limits, [this] { news.notify_all(); }), tasks(loop) {}

  http::WebSocket& socket;
  Context context;
  Event news;
  Event room;  // a call has ended
  SubscriptionSet subscriptions;
  std::size_t calls = 0;
  Scope tasks;
};

RpcServer::RpcServer(Loop& loop, const MethodTable& methods, ServerOptions options)
    : loop_(loop), options_(std::move(options)), json_(methods, loop, options_.requests) {}

Result<std::unique_ptr<RpcServer>> RpcServer::make(Loop& loop, const MethodTable& methods, ServerOptions options) {
  std::unique_ptr<RpcServer> server(new RpcServer(loop, methods, std::move(options)));
  OPW_TRY(server->http_, http::Server::make(loop, server->options_.http, server->handlers()));
  return server;
}

http::Handlers RpcServer::handlers() {
  http::Handlers handlers;
  handlers.request = [this](http::Request request, http::PeerInfo peer) {
    return on_request(std::move(request), Context(std::move(peer)));
  };
  handlers.websocket = [this](http::WebSocket& socket, const http::Request&, http::PeerInfo peer) {
    return on_websocket(socket, Context(std::move(peer)));
  };
  handlers.websocket_check = [this](const http::Request& request, const http::PeerInfo&) {
    return refuse_websocket(request);
  };
  return handlers;
}

Task<http::Response> RpcServer::on_request(http::Request request, Context context) {
  std::optional<http::Response> ready = answer_without_call(request);
  if (ready) co_return std::move(*ready);
  std::string answer = co_await json_.answer(std::move(request.body), context);
  http::Response response(200, std::move(answer), "application/json");
  allow_origin(options_.access, request, response);
  co_return response;
}

// Nothing: a call is to be made.
std::optional<http::Response> RpcServer::answer_without_call(const http::Request& request) const {
  if (path_of(request.target) == "/healthz") return health(options_.version);
  if (!is_known_host(options_.access, request)) return http::Response::text(403, "invalid host specified");
  if (is_preflight(request)) return answer_preflight(options_.access, request);
  const auto authorized = authorize(options_.access, request, loop_.wall_now());
  if (!authorized) return http::Response::text(401, authorized.error());
  const bool is_read = request.method == "GET" || request.method == "HEAD";
  if (request.method == "OPTIONS" || (is_read && request.body.empty())) return http::Response(200);
  if (request.method != "POST") return http::Response::text(405, "method not allowed");
  if (!is_json(request)) {
    return http::Response::text(415, "invalid content type, only application/json is supported");
  }
  return std::nullopt;
}

// A browser opens WebSockets without asking whether it may.
std::optional<http::Response> RpcServer::refuse_websocket(const http::Request& request) const {
  if (!is_known_host(options_.access, request)) return http::Response::text(403, "invalid host specified");
  if (!is_known_origin(options_.access, request)) return http::Response::text(403, "origin not allowed");
  const auto authorized = authorize(options_.access, request, loop_.wall_now());
  if (!authorized) return http::Response::text(401, authorized.error());
  if (websockets_ >= options_.max_websockets) return http::Response::text(503, "too many WebSockets");
  return std::nullopt;
}

Task<void> RpcServer::on_websocket(http::WebSocket& socket, Context context) {
  ++websockets_;
  Session session(loop_, socket, options_.subscriptions);
  session.context = std::move(context);
  session.context.subscriptions = &session.subscriptions;
  session.tasks.spawn(tell_news(session));
  co_await read(*this, session);
  session.tasks.cancel();
  co_await session.tasks.join();
  --websockets_;
}

Task<void> RpcServer::read(RpcServer& self, Session& session) {
  while (true) {
    auto message = co_await session.socket.receive();
    if (!message) co_return;
    while (session.calls >= self.options_.max_calls) {
      const bool woken = co_await session.room.wait();
      if (!woken) co_return;
    }
    ++session.calls;
    session.tasks.spawn(answer(self, session, std::move(message->data)));
  }
}

Task<void> RpcServer::answer(RpcServer& self, Session& session, std::string text) {
  std::string answer = co_await self.json_.answer(std::move(text), session.context);
  http::WebSocketMessage message(std::move(answer), true);
  if (!message.data.empty()) (void)co_await session.socket.send(std::move(message));
  session.subscriptions.activate();
  --session.calls;
  session.room.notify_all();
}

Task<void> RpcServer::tell_news(Session& session) {
  while (true) {
    http::WebSocketMessage message(session.subscriptions.next(), true);
    if (message.data.empty()) {
      const bool woken = co_await session.news.wait();
      if (!woken) co_return;
      continue;
    }
    const auto sent = co_await session.socket.send(std::move(message));
    if (!sent) co_return;
  }
}

}  // namespace opwire::rpc
