#include "opwire/rpc/websocket_caller.hpp"

#include <algorithm>

#include "opwire/net/http/errors.hpp"
#include "opwire/rpc/call_text.hpp"

namespace opwire::rpc {

struct WebSocketCaller::Subscription {
  std::string params;
  Sink sink;
  std::string id;  // on the connection that is open; empty: none yet
};

// In the frame of who called.
struct WebSocketCaller::Waiter {
  explicit Waiter(Loop& loop) : done(loop) {}
  std::optional<Result<Reply>> outcome;
  Event done;
};

struct WebSocketCaller::UnderWay {
  std::string text;                            // until it is sent
  Waiter* waiter = nullptr;                    // none: a subscription is renewed
  std::shared_ptr<Subscription> subscription;  // that begins with the reply
};

Result<std::unique_ptr<WebSocketCaller>> WebSocketCaller::make(Loop& loop, const http::Url& url,
                                                               net::Resolver* resolver, Rng& rng,
                                                               const CallerOptions& options) {
  http::ClientOptions client_options;
  client_options.tls = options.tls;
  OPW_TRY(auto client, http::Client::make(loop, url, resolver, rng, client_options));
  return std::make_unique<WebSocketCaller>(loop, std::move(client), options);
}

WebSocketCaller::WebSocketCaller(Loop& loop, std::unique_ptr<http::Client> client, const CallerOptions& options)
    : loop_(loop),
      client_(std::move(client)),
      options_(options),
      rest_(options.first_rest),
      wanted_(loop),
      tasks_(loop) {}

WebSocketCaller::~WebSocketCaller() = default;

Task<Result<Reply>> WebSocketCaller::call(std::string method, std::string params, TimePoint deadline) {
  return make_call(std::move(method), std::move(params), nullptr, deadline);
}

Task<Result<Reply>> WebSocketCaller::subscribe(std::string params, Sink sink, TimePoint deadline) {
  auto subscription = std::make_shared<Subscription>();
  subscription->params = params;
  subscription->sink = std::move(sink);
  return make_call("eth_subscribe", std::move(params), std::move(subscription), deadline);
}

Task<Result<Reply>> WebSocketCaller::make_call(std::string method, std::string params,
                                               std::shared_ptr<Subscription> subscription, TimePoint deadline) {
  if (closed_) co_return opwire::errors::kClosed;
  if (under_way_.size() >= options_.max_calls) co_return Error(opwire::errors::kLimit, "JSON-RPC calls");
  if (subscription && subscriptions_.size() >= options_.max_subscriptions) {
    co_return Error(opwire::errors::kLimit, "subscriptions");
  }
  if (!connected() && loop_.now() < rest_until_) co_return *last_error_;
  Waiter waiter(loop_);
  const std::uint64_t id = start(method, std::move(params), &waiter, std::move(subscription));
  while (!waiter.outcome) {
    const Wake woken = co_await waiter.done.wait_until(deadline);
    if (woken == Wake::kNotified || waiter.outcome) continue;
    under_way_.erase(id);
    if (woken == Wake::kCancelled) co_return opwire::errors::kCancelled;
    co_return Error(opwire::errors::kTimeout, "JSON-RPC answer");
  }
  co_return std::move(*waiter.outcome);
}

std::uint64_t WebSocketCaller::start(std::string_view method, std::string params, Waiter* waiter,
                                     std::shared_ptr<Subscription> subscription) {
  const std::uint64_t id = next_id_++;
  UnderWay& call = under_way_[id];
  call.waiter = waiter;
  call.subscription = std::move(subscription);
  std::string text = to_call_text(id, method, std::move(params));
  if (connected()) {
    tasks_.spawn(send(websocket_, std::move(text)));
    return id;
  }
  call.text = std::move(text);
  wanted_.notify_all();
  if (!std::exchange(keeping_, true)) tasks_.spawn(keep_connected(*this));
  return id;
}

bool WebSocketCaller::wanted() const {
  return !closed_ && (!under_way_.empty() || !subscriptions_.empty());
}

Task<void> WebSocketCaller::keep_connected(WebSocketCaller& self) {
  while (self.wanted()) {
    const auto opened = co_await self.connect();
    if (!opened) {
      self.last_error_ = opened.error();
      self.rest_until_ = self.loop_.now() + self.rest_;
      self.fail_all(opened.error());
    } else {
      self.on_open();
      const Error end = co_await self.read();
      self.tasks_.spawn(put_away(std::move(self.websocket_)));
      self.fail_all(end);
    }
    co_await self.rest_if_subscribed();
  }
  self.keeping_ = false;
  self.fail_all(opwire::errors::kClosed);
}

Task<Result<void>> WebSocketCaller::connect() {
  http::Headers headers = options_.headers;
  if (options_.jwt) headers.set("Authorization", options_.jwt->bearer(loop_.wall_now()));
  http::WebSocketOptions limits;
  limits.max_message = options_.max_answer;
  const TimePoint deadline = loop_.now() + options_.connect_timeout;
  auto opened = co_await client_->open_websocket(std::move(headers), deadline, limits);
  if (!opened && opened.error().is(http::errors::kForbidden)) co_return errors::kUnauthorized;
  if (!opened) co_return opened.error();
  websocket_ = std::move(*opened);
  co_return Result<void>();
}

// A server that takes connections and ends them at once is no reason to hurry: only an answer makes the rest short
// again.
Task<void> WebSocketCaller::rest_if_subscribed() {
  const TimePoint until = loop_.now() + rest_;
  rest_ = std::min(2 * rest_, options_.longest_rest);
  if (subscriptions_.empty()) co_return;
  while (wanted() && loop_.now() < until && under_way_.empty()) {
    const Wake woken = co_await wanted_.wait_until(until);
    if (woken == Wake::kCancelled) co_return;
  }
}

void WebSocketCaller::on_open() {
  rest_until_ = TimePoint{};
  for (auto& [id, call] : under_way_) tasks_.spawn(send(websocket_, std::exchange(call.text, {})));
  for (const auto& subscription : subscriptions_) {
    start("eth_subscribe", subscription->params, nullptr, subscription);
  }
}

// What keeps a message from being sent ends the connection, and with it the call.
Task<void> WebSocketCaller::send(std::shared_ptr<http::WebSocket> to, std::string text) {
  http::WebSocketMessage message(std::move(text), true);
  (void)co_await to->send(std::move(message));
}

Task<void> WebSocketCaller::put_away(std::shared_ptr<http::WebSocket> ended) {
  co_await ended->close();
}

Task<Error> WebSocketCaller::read() {
  while (true) {
    const auto message = co_await websocket_->receive();
    if (!message) co_return message.error();
    const auto taken = on_message(message->data);
    if (!taken) co_return taken.error();
  }
}

Result<void> WebSocketCaller::on_message(std::string_view text) {
  OPW_TRY(ServerMessage message, parse_server_message(text));
  rest_ = options_.first_rest;
  if (auto* const item = std::get_if<Notification>(&message)) {
    for (const auto& subscription : subscriptions_) {
      if (subscription->id != item->subscription) continue;
      subscription->sink(std::move(item->result));
      break;
    }
    return {};
  }
  Answer& answer = std::get<Answer>(message);
  if (!answer.id) return Error(errors::kNotAnswer, "to no call");
  const auto found = under_way_.find(*answer.id);
  if (found == under_way_.end()) return {};  // nobody waits for it any more
  UnderWay call = std::move(found->second);
  under_way_.erase(found);
  on_reply(call, std::move(answer.reply));
  return {};
}

void WebSocketCaller::on_reply(UnderWay& call, Reply reply) {
  if (call.subscription && !reply.failure && reply.result.is_string()) {
    call.subscription->id = std::string_view(reply.result.get_string());
    if (call.waiter != nullptr) subscriptions_.push_back(call.subscription);
  }
  if (call.waiter == nullptr) return;
  call.waiter->outcome = std::move(reply);
  call.waiter->done.notify_all();
}

void WebSocketCaller::fail_all(const Error& why) {
  for (const auto& subscription : subscriptions_) subscription->id.clear();
  const auto failed = std::exchange(under_way_, {});
  for (const auto& [id, call] : failed) {
    if (call.waiter == nullptr) continue;
    call.waiter->outcome = closed_ ? Error(opwire::errors::kClosed) : why;
    call.waiter->done.notify_all();
  }
}

Task<void> WebSocketCaller::close() {
  closed_ = true;
  tasks_.cancel();
  co_await tasks_.join();
  co_await client_->close();
  subscriptions_.clear();
}

}  // namespace opwire::rpc
