// An HTTP/1.1 client of one origin, which keeps its connections, and the way to a WebSocket there.
//
// What is repeated: a request is sent again, on another connection, only where the server cannot have seen it whole:
// the kept connection had ended before anything was written, or broke before all of it was accepted, and no answer
// came. Once a request is written it is never repeated, whatever its method: kClosedEarly then.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "opwire/base/rng.hpp"
#include "opwire/net/dns.hpp"
#include "opwire/net/http/message.hpp"
#include "opwire/net/http/url.hpp"
#include "opwire/net/http/websocket.hpp"
#include "opwire/net/tls/context.hpp"
#include "opwire/runtime/loop.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::http {

struct ClientOptions {
  ClientOptions() = default;

  std::size_t max_connections = 4;  ///< requests under way at once; further ones wait
  std::size_t max_waiting = 1024;
  std::size_t max_header = 16 * 1024;
  std::uint64_t max_body = 64 * 1024 * 1024;  ///< of an answer
  std::shared_ptr<tls::Context> tls;          ///< of a client's side; for https and wss
};

/// Opens a stream to the origin.
using Dialer = std::function<Task<Result<std::unique_ptr<Stream>>>(TimePoint deadline)>;

class Client {
 public:
  /// By TCP, and TLS for https and wss: the server must have a certificate for the URL's host. resolver is asked for
  /// names other than localhost, and may be null when the host is an address. Errors: kNoTls when options.tls is
  /// missing.
  static Result<std::unique_ptr<Client>> make(Loop& loop, Url url, net::Resolver* resolver, Rng& rng,
                                              const ClientOptions& options = {});
  Client(Loop& loop, Url url, Dialer dial, Rng& rng, const ClientOptions& options = {});
  /// Only after close().
  ~Client();

  const Url& url() const noexcept { return url_; }
  /// Host and Content-Length are added; the URL's user info becomes Basic authorization where the request has none.
  /// Errors: kRefused, net::errors::kConnect and kResolve, kTimeout, kBodyTooLarge and kHeaderTooLarge (of the answer),
  /// kMalformed and the like, kClosedEarly, kBadRequest, kLimit (too many wait), kCancelled, kClosed.
  Task<Result<Response>> request(Request request, TimePoint deadline);
  /// A WebSocket at url().target, on a connection of its own; independent of this client then. Errors: as for
  /// request(), kHandshake and kForbidden.
  Task<Result<std::unique_ptr<WebSocket>>> open_websocket(Headers headers, TimePoint deadline,
                                                          WebSocketOptions options = {});
  /// Calls under way end with kClosed; waits for them.
  Task<void> close();
  std::size_t idle_connections() const noexcept { return idle_.size(); }

 private:
  struct Connection;
  using ConnectionPtr = std::shared_ptr<Connection>;
  struct Outgoing;

  void prepare(Request& request) const;
  Task<Result<void>> take_turn(TimePoint deadline);
  Task<Result<Response>> send_until_seen(Outgoing& out, TimePoint deadline);
  Task<Result<Response>> exchange(ConnectionPtr connection, Outgoing& out, TimePoint deadline);
  Task<Result<Response>> write_and_read(Connection& connection, Outgoing& out);
  Task<Result<Response>> read_answer(Connection& connection, Outgoing& out);
  Task<Result<Response>> request_in_turn(Request request, TimePoint deadline);
  Task<Result<std::unique_ptr<WebSocket>>> upgrade(Headers headers, TimePoint deadline, WebSocketOptions options);
  Task<Result<ConnectionPtr>> connect(TimePoint deadline);
  ConnectionPtr take_idle();
  void keep(ConnectionPtr connection);
  void watch(ConnectionPtr connection);
  static Task<void> watch_until_readable(Client& self, ConnectionPtr connection);
  struct Dialling;
  static Task<void> dial(Client& self, std::shared_ptr<Dialling> dialling, TimePoint deadline);
  void end_call();

  Loop& loop_;
  Url url_;
  Dialer dial_;
  Rng& rng_;
  ClientOptions options_;
  std::size_t calls_ = 0;   // of request() and open_websocket()
  std::size_t active_ = 0;  // requests that have their turn
  std::size_t waiting_ = 0;
  bool closed_ = false;
  std::vector<ConnectionPtr> idle_;
  std::vector<Connection*> busy_;
  Event turn_;   // a turn is free, or a call has ended
  Scope tasks_;  // watchers and dials
};

}  // namespace opwire::http
