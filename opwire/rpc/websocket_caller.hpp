// JSON-RPC over one WebSocket: many calls at once, told apart by their ids, and what the server sends unasked.
//
// The connection is made for the first call, and again for the first one after it broke. A call that was under way then
// ends with the connection's error: whether the server had carried it out is not known. After an attempt to connect
// has failed, calls end with its error at once until the rest is over. While there are subscriptions the connection is
// made again without a call.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>

#include "opwire/net/http/client.hpp"
#include "opwire/rpc/caller.hpp"
#include "opwire/rpc/caller_options.hpp"

namespace opwire::rpc {

class WebSocketCaller final : public Caller {
 public:
  /// Errors: of http::Client::make.
  static Result<std::unique_ptr<WebSocketCaller>> make(Loop& loop, const http::Url& url, net::Resolver* resolver,
                                                       Rng& rng, const CallerOptions& options = {});
  WebSocketCaller(Loop& loop, std::unique_ptr<http::Client> client, const CallerOptions& options = {});
  ~WebSocketCaller() override;

  Task<Result<Reply>> call(std::string method, std::string params, TimePoint deadline) override;
  /// Where the reply is no failure, the sink gets the items until close(): the subscription is made
  /// again on every new connection; items that come between are lost, and if it is refused then there are none until
  /// the next connection. Errors: as for call(), kLimit.
  Task<Result<Reply>> subscribe(std::string params, Sink sink, TimePoint deadline) override;
  Task<void> close() override;

  bool connected() const noexcept { return websocket_ != nullptr; }

 private:
  struct Subscription;
  struct Waiter;
  struct UnderWay;

  Task<Result<Reply>> make_call(std::string method, std::string params, std::shared_ptr<Subscription> subscription,
                                TimePoint deadline);
  std::uint64_t start(std::string_view method, std::string params, Waiter* waiter,
                      std::shared_ptr<Subscription> subscription);
  bool wanted() const;
  static Task<void> keep_connected(WebSocketCaller& self);
  Task<Result<void>> connect();
  Task<void> rest_if_subscribed();
  Task<Error> read();
  static Task<void> put_away(std::shared_ptr<http::WebSocket> ended);
  static Task<void> send(std::shared_ptr<http::WebSocket> to, std::string text);
  void on_open();
  Result<void> on_message(std::string_view text);
  void on_reply(UnderWay& call, Reply reply);
  void fail_all(const Error& why);

  Loop& loop_;
  std::unique_ptr<http::Client> client_;
  CallerOptions options_;
  std::shared_ptr<http::WebSocket> websocket_;
  std::map<std::uint64_t, UnderWay> under_way_;
  std::list<std::shared_ptr<Subscription>> subscriptions_;
  std::uint64_t next_id_ = 1;
  bool keeping_ = false;  // keep_connected() runs
  bool closed_ = false;
  Duration rest_;
  TimePoint rest_until_{};  // calls end with last_error_ before
  std::optional<Error> last_error_;
  Event wanted_;
  Scope tasks_;
};

}  // namespace opwire::rpc
