#include "opwire/net/http/client.hpp"

#include <algorithm>
#include <optional>

#include "opwire/codec/base64.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/net/errors.hpp"
#include "opwire/net/http/dial.hpp"
#include "opwire/net/http/errors.hpp"
#include "opwire/net/http/handshake.hpp"
#include "opwire/net/http/input.hpp"
#include "opwire/net/http/parser.hpp"
#include "opwire/net/http/wire.hpp"
#include "opwire/net/tls/errors.hpp"

namespace opwire::http {
namespace {
constexpr int kMaxInterim = 8;  // 1xx answers before the one that counts

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    ByteArray<1> byte{};
    const bool escape = text[i] == '%' && i + 2 < text.size() && codec::from_hex(text.substr(i + 1, 2), byte);
    decoded.push_back(escape ? static_cast<char>(byte[0]) : text[i]);
    if (escape) i += 2;
  }
  return decoded;
}
}  // namespace

// A kept connection is watched: what becomes readable between requests is its end, or nonsense. The watcher's wait
// cannot be taken back, so with the next request it becomes the wait for the answer.
struct Client::Connection {
  Connection(Loop& loop, std::unique_ptr<Stream> opened) : stream(std::move(opened)), became_readable(loop) {}

  std::unique_ptr<Stream> stream;
  Input input;
  bool readable = false;
  bool reused = false;
  bool closed = false;  // by close()
  Event became_readable;
};

struct Client::Dialling {
  explicit Dialling(Loop& loop) : done(loop) {}
  std::optional<Result<std::unique_ptr<Stream>>> outcome;
  Event done;
};

struct Client::Outgoing {
  std::string head;
  std::string body;
  bool to_head = false;
  bool whole_sent = false;
  bool reusable = false;  // the connection, after the answer
};

Result<std::unique_ptr<Client>> Client::make(Loop& loop, Url url, net::Resolver* resolver, Rng& rng,
                                             const ClientOptions& options) {
  if (url.is_tls() && !options.tls) return errors::kNoTls;
  Dialer dial = [&loop, url, resolver, context = options.tls](TimePoint deadline) {
    return url.is_tls() ? dial_tls(loop, url, resolver, context, deadline) : dial_tcp(loop, url, resolver, deadline);
  };
  return std::make_unique<Client>(loop, std::move(url), std::move(dial), rng, options);
}

Client::Client(Loop& loop, Url url, Dialer dial, Rng& rng, const ClientOptions& options)
    : loop_(loop),
      url_(std::move(url)),
      dial_(std::move(dial)),
      rng_(rng),
      options_(options),
      turn_(loop),
      tasks_(loop) {}

Client::~Client() = default;

void Client::prepare(Request& request) const {
  if (url_.user_info.empty() || request.headers.contains("Authorization")) return;
  request.headers.add("Authorization", "Basic " + codec::to_base64(as_bytes(percent_decoded(url_.user_info))));
}

Task<Result<Response>> Client::request(Request request, TimePoint deadline) {
  ++calls_;
  Result<Response> answer = co_await request_in_turn(std::move(request), deadline);
  end_call();
  co_return answer;
}

void Client::end_call() {
  --calls_;
  turn_.notify_all();
}

Task<Result<Response>> Client::request_in_turn(Request request, TimePoint deadline) {
  prepare(request);
  Outgoing out;
  OPW_CO_TRY(out.head, encode_request_head(request, url_.authority()));
  out.body = std::move(request.body);
  out.to_head = request.method == "HEAD";
  OPW_CO_TRYV(co_await take_turn(deadline));
  Result<Response> answer = co_await send_until_seen(out, deadline);
  --active_;
  turn_.notify_all();
  co_return answer;
}

Task<Result<void>> Client::take_turn(TimePoint deadline) {
  if (active_ >= options_.max_connections && waiting_ >= options_.max_waiting) {
    co_return Error(opwire::errors::kLimit, "HTTP requests that wait");
  }
  ++waiting_;
  Wake woken = Wake::kNotified;
  while (!closed_ && active_ >= options_.max_connections && woken == Wake::kNotified) {
    woken = co_await turn_.wait_until(deadline);
  }
  --waiting_;
  if (closed_) co_return opwire::errors::kClosed;
  if (woken == Wake::kCancelled) co_return opwire::errors::kCancelled;
  if (woken == Wake::kTimeout) co_return Error(opwire::errors::kTimeout, "waiting for a connection");
  ++active_;
  co_return Result<void>();
}

Task<Result<Response>> Client::send_until_seen(Outgoing& out, TimePoint deadline) {
  while (true) {
    ConnectionPtr connection = take_idle();
    if (!connection) {
      OPW_CO_TRY(connection, co_await connect(deadline));
    }
    const bool reused = connection->reused;
    Result<Response> answer = co_await exchange(connection, out, deadline);
    if (answer && out.reusable) {
      keep(std::move(connection));
    } else {
      connection->stream->reset();
    }
    if (answer) co_return answer;
    const Error& error = answer.error();
    const bool broke = error.is(errors::kClosedEarly);
    if (out.whole_sent || !reused || !broke) co_return answer;
  }
}

Task<Result<Client::ConnectionPtr>> Client::connect(TimePoint deadline) {
  if (closed_) co_return opwire::errors::kClosed;
  const auto dialling = std::make_shared<Dialling>(loop_);
  tasks_.spawn(dial(*this, dialling, deadline));
  while (!dialling->outcome) {
    const bool notified = co_await dialling->done.wait();
    if (!notified) co_return opwire::errors::kCancelled;
  }
  if (closed_) co_return opwire::errors::kClosed;
  OPW_CO_TRY(auto stream, std::move(*dialling->outcome));
  auto connection = std::make_shared<Connection>(loop_, std::move(stream));
  watch(connection);
  co_return connection;
}

Task<void> Client::dial(Client& self, std::shared_ptr<Dialling> dialling, TimePoint deadline) {
  dialling->outcome = co_await self.dial_(deadline);
  dialling->done.notify_all();
}

Client::ConnectionPtr Client::take_idle() {
  if (idle_.empty()) return nullptr;
  ConnectionPtr connection = std::move(idle_.back());
  idle_.pop_back();
  connection->reused = true;
  return connection;
}

void Client::keep(ConnectionPtr connection) {
  if (closed_) {
    connection->stream->reset();
    return;
  }
  connection->readable = false;
  watch(connection);
  idle_.push_back(std::move(connection));
}

void Client::watch(ConnectionPtr connection) {
  tasks_.spawn(watch_until_readable(*this, std::move(connection)));
}

Task<void> Client::watch_until_readable(Client& self, ConnectionPtr connection) {
  (void)co_await connection->stream->wait_readable();
  connection->readable = true;
  connection->became_readable.notify_all();
  const auto found = std::find(self.idle_.begin(), self.idle_.end(), connection);
  if (found == self.idle_.end()) co_return;
  connection->stream->reset();
  self.idle_.erase(found);
}

// Puts the deadline around an exchange and gives its failure a name.
Task<Result<Response>> Client::exchange(ConnectionPtr connection, Outgoing& out, TimePoint deadline) {
  bool too_late = false;
  Timer timer(loop_, [&] {
    too_late = true;
    connection->stream->reset();
  });
  timer.arm(deadline);
  busy_.push_back(connection.get());
  Result<Response> answer = co_await write_and_read(*connection, out);
  std::erase(busy_, connection.get());
  timer.cancel();
  if (answer) co_return answer;
  if (connection->closed) co_return opwire::errors::kClosed;
  if (too_late) co_return Error(opwire::errors::kTimeout, "HTTP answer");
  const Error& error = answer.error();
  const bool broke = error.is(opwire::errors::kReset) || error.is(opwire::errors::kEndOfStream) ||
                     error.is(opwire::errors::kClosed) || error.is(net::errors::kIo) ||
                     error.is(tls::errors::kTruncated);
  if (broke) co_return Error(errors::kClosedEarly, nullptr, error.system_error());
  co_return answer;
}

Task<Result<Response>> Client::write_and_read(Connection& connection, Outgoing& out) {
  const ByteView pieces[] = {as_bytes(out.head), as_bytes(out.body)};
  const auto written = co_await connection.stream->write(ByteViews(pieces, out.body.empty() ? 1 : 2));
  if (!written && written.error().is(opwire::errors::kCancelled)) co_return written.error();
  out.whole_sent = written.has_value();
  // A server may refuse a body before it has taken all of it: its answer is worth more than the failed write.
  while (!connection.readable) {
    const bool notified = co_await connection.became_readable.wait();
    if (!notified) co_return opwire::errors::kCancelled;
  }
  Result<Response> answer = co_await read_answer(connection, out);
  if (!written) out.reusable = false;
  if (!answer && !written) co_return written.error();
  co_return answer;
}

Task<Result<Response>> Client::read_answer(Connection& connection, Outgoing& out) {
  for (int interim = 0; interim <= kMaxInterim; ++interim) {
    ResponseParser parser(ParserLimits{options_.max_header, options_.max_body}, out.to_head);
    while (!parser.done()) {
      OPW_CO_TRY(const std::size_t used, parser.feed(connection.input.view()));
      connection.input.consume(used);
      if (parser.done()) break;
      OPW_CO_TRY(const bool more, co_await connection.input.fill(*connection.stream, Input::kBodyPiece));
      if (more) continue;
      OPW_CO_TRYV(parser.end());
    }
    Response response = parser.take();
    out.reusable = parser.keep_alive() && connection.input.empty() && response.status != 101;
    if (response.status / 100 != 1 || response.status == 101) co_return response;
  }
  co_return Error(errors::kMalformed, "only interim answers");
}

Task<Result<std::unique_ptr<WebSocket>>> Client::open_websocket(Headers headers, TimePoint deadline,
                                                                WebSocketOptions options) {
  ++calls_;
  auto opened = co_await upgrade(std::move(headers), deadline, options);
  end_call();
  co_return opened;
}

Task<Result<std::unique_ptr<WebSocket>>> Client::upgrade(Headers headers, TimePoint deadline,
                                                         WebSocketOptions options) {
  Request request = make_websocket_request(url_.target, std::move(headers), rng_);
  prepare(request);
  Outgoing out;
  OPW_CO_TRY(out.head, encode_request_head(request, url_.authority()));
  OPW_CO_TRY(ConnectionPtr connection, co_await connect(deadline));
  const Result<Response> answer = co_await exchange(connection, out, deadline);
  if (!answer) connection->stream->reset();
  if (!answer) co_return answer.error();
  const auto agreed = check_websocket_answer(request, *answer);
  if (!agreed) connection->stream->reset();
  if (!agreed) co_return agreed.error();
  co_return std::make_unique<WebSocket>(loop_, std::move(connection->stream), Role::kClient, &rng_, options,
                                        connection->input.view());
}

Task<void> Client::close() {
  closed_ = true;
  for (Connection* connection : busy_) {
    connection->closed = true;
    connection->stream->reset();
  }
  for (const ConnectionPtr& connection : idle_) connection->stream->reset();
  turn_.notify_all();
  tasks_.cancel();
  co_await tasks_.join();
  while (calls_ > 0) co_await turn_.wait_uncancelled();
  co_await tasks_.join();
  idle_.clear();
}

}  // namespace opwire::http
