#include "opwire/net/http/server.hpp"

#include <unordered_set>

#include "opwire/net/http/connection.hpp"
#include "opwire/net/tcp.hpp"

namespace opwire::http {
namespace {
// Connections beyond the limit that are being told so; the others are dropped.
constexpr std::size_t kMaxTurnedAway = 64;
constexpr int kBacklog = 1024;
constexpr auto kAcceptPause = std::chrono::milliseconds(100);
}  // namespace

struct Server::Impl {
  Impl(Loop& on, ServerOptions with, Handlers by)
      : loop(on), options(std::move(with)), handlers(std::move(by)), scope(on) {}

  static Task<void> accept(Impl& self);
  static Task<void> run(Impl& self, std::unique_ptr<Stream> stream, PeerInfo peer);
  static Task<void> turn_away(Impl& self, std::unique_ptr<Stream> stream, PeerInfo peer);
  void serve(std::unique_ptr<Stream> stream, PeerInfo peer);

  Loop& loop;
  const ServerOptions options;
  const Handlers handlers;
  std::unique_ptr<net::TcpListener> listener;
  std::unordered_set<Connection*> connections;
  std::size_t served = 0;
  std::size_t turned_away = 0;
  std::uint64_t bodies = 0;
  bool closing = false;
  Scope scope;
};

Task<void> Server::Impl::accept(Impl& self) {
  while (true) {
    auto accepted = co_await self.listener->accept();
    if (accepted) {
      self.serve(std::move(accepted->stream), PeerInfo(accepted->remote));
      continue;
    }
    if (accepted.error().is(opwire::errors::kClosed) || accepted.error().is(opwire::errors::kCancelled)) co_return;
    co_await sleep_for(self.loop, kAcceptPause);
  }
}

void Server::Impl::serve(std::unique_ptr<Stream> stream, PeerInfo peer) {
  if (closing) return;
  if (served < options.max_connections) {
    ++served;
    scope.spawn(run(*this, std::move(stream), std::move(peer)));
  } else if (turned_away < kMaxTurnedAway) {
    ++turned_away;
    scope.spawn(turn_away(*this, std::move(stream), std::move(peer)));
  }
}

Task<void> Server::Impl::run(Impl& self, std::unique_ptr<Stream> stream, PeerInfo peer) {
  if (!self.closing) {
    Connection connection(self.loop, self.options, self.handlers, std::move(stream), std::move(peer), self.bodies);
    self.connections.insert(&connection);
    co_await connection.run();
    self.connections.erase(&connection);
  }
  --self.served;
}

Task<void> Server::Impl::turn_away(Impl& self, std::unique_ptr<Stream> stream, PeerInfo peer) {
  Connection connection(self.loop, self.options, self.handlers, std::move(stream), std::move(peer), self.bodies);
  Response response = Response::text(503, "too many connections");
  co_await connection.turn_away(std::move(response));
  --self.turned_away;
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::make(Loop& loop, ServerOptions options, Handlers handlers) {
  OPW_CHECK(handlers.request != nullptr);
  auto impl = std::make_unique<Impl>(loop, std::move(options), std::move(handlers));
  if (impl->options.endpoint) {
    OPW_TRY(impl->listener, net::TcpListener::bind(loop, *impl->options.endpoint, kBacklog));
    impl->scope.spawn(Impl::accept(*impl));
  }
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::optional<net::Endpoint> Server::local_endpoint() const {
  if (!impl_->listener) return std::nullopt;
  return impl_->listener->local();
}

std::size_t Server::connections() const noexcept {
  return impl_->served;
}

void Server::serve(std::unique_ptr<Stream> stream, PeerInfo peer) {
  impl_->serve(std::move(stream), std::move(peer));
}

Task<void> Server::close(TimePoint deadline) {
  impl_->closing = true;
  if (impl_->listener) impl_->listener->close();
  for (Connection* connection : impl_->connections) connection->stop();
  Timer limit(impl_->loop, [this] { impl_->scope.cancel(); });
  limit.arm(deadline);
  co_await impl_->scope.join();
}

}  // namespace opwire::http
