#include "opwire/net/http/connection.hpp"

#include "opwire/net/http/errors.hpp"
#include "opwire/net/http/handshake.hpp"
#include "opwire/net/http/wire.hpp"

namespace opwire::http {
namespace {

// How long a client may take to notice that the answer was the last one.
constexpr auto kLeaveTime = std::chrono::seconds(2);

// The answer to a request that cannot be taken; 0: none.
unsigned status_for(const Error& error) {
  if (error.is(errors::kMalformed) || error.is(errors::kBadFraming)) return 400;
  if (error.is(errors::kNoLength)) return 411;
  if (error.is(errors::kBodyTooLarge)) return 413;
  if (error.is(errors::kExpectation)) return 417;
  if (error.is(errors::kHeaderTooLarge)) return 431;
  if (error.is(errors::kUnknownCoding)) return 501;
  if (error.is(errors::kTooManyBodies)) return 503;
  if (error.is(errors::kBadVersion)) return 505;
  return 0;
}

}  // namespace

Connection::Connection(Loop& loop, const ServerOptions& options, const Handlers& handlers,
                       std::unique_ptr<Stream> stream, PeerInfo peer, std::uint64_t& bodies)
    : loop_(loop),
      options_(options),
      handlers_(handlers),
      stream_(std::move(stream)),
      peer_(std::move(peer)),
      bodies_(bodies),
      watchdog_(loop, [this] { on_time_over(); }),
      late_(loop) {}

Task<void> Connection::run() {
  bool more = true;
  while (more) more = co_await serve_one();
  watchdog_.cancel();
  co_await late_.join();
}

void Connection::count_body(std::uint64_t size) {
  bodies_ = bodies_ - body_ + size;
  body_ = size;
}

Task<void> Connection::turn_away(Response response) {
  (void)co_await answer(std::move(response), Reply());
}

void Connection::stop() {
  stopping_ = true;
  if (websocket_ != nullptr) {
    websocket_->begin_close(kGoingAway);
  } else if (stage_ == Stage::kIdle) {
    stream_->reset();
  }
}

void Connection::enter(Stage stage, Duration limit) {
  stage_ = stage;
  watchdog_.arm_in(limit);
}

void Connection::on_time_over() {
  if (stage_ != Stage::kReading) {
    stream_->reset();
    return;
  }
  too_slow_ = true;
  enter(Stage::kLeaving, kLeaveTime);
  late_.spawn(send_late_answer());
}

// The reader has not been told yet: it finds out when bytes arrive, or when the stream is reset.
Task<void> Connection::send_late_answer() {
  Response response = Response::text(408, "the request took too long");
  ResponseTraits traits;
  traits.keep_alive = false;
  traits.now = loop_.wall_now();
  const std::string head = encode_response_head(response, traits);
  const std::string whole = head + response.body;
  const auto written = co_await write(*stream_, as_bytes(whole));
  if (written) (void)co_await stream_->close_write();
}

// False: the connection is at its end.
Task<bool> Connection::serve_one() {
  RequestParser parser(ParserLimits{options_.max_header, options_.max_body});
  const auto arrived = co_await read_request(parser);
  if (too_slow_) {
    co_await leave();
    co_return false;
  }
  watchdog_.cancel();
  if (!arrived) count_body(0);
  if (!arrived) co_return co_await refuse(arrived.error());
  if (!*arrived) co_return false;

  stage_ = Stage::kAnswering;
  Reply reply;
  reply.keep_alive = parser.keep_alive();
  reply.http_1_0 = parser.is_http_1_0();
  Request request = parser.take();
  reply.without_body = request.method == "HEAD";
  if (handlers_.websocket && is_websocket_request(request)) {
    count_body(0);
    co_await serve_websocket(std::move(request));
    co_return false;
  }
  Response response = co_await handlers_.request(std::move(request), peer_);
  count_body(0);
  reply.keep_alive = reply.keep_alive && !stopping_ && !response.headers.has_token("Connection", "close");
  co_return co_await answer(std::move(response), reply);
}

// False: the client left, or was idle for too long.
Task<Result<bool>> Connection::read_request(RequestParser& parser) {
  if (input_.empty()) {
    if (stopping_) co_return false;
    enter(Stage::kIdle, options_.idle_timeout);
    const auto more = co_await input_.fill(*stream_);
    if (!more || !*more) co_return false;
  }
  enter(Stage::kReading, options_.read_timeout);
  bool header_seen = false;
  while (true) {
    OPW_CO_TRY(const std::size_t used, parser.feed(input_.view()));
    input_.consume(used);
    count_body(parser.request().body.size());
    if (bodies_ > options_.max_bodies) co_return errors::kTooManyBodies;
    if (parser.done()) co_return true;
    if (parser.header_done() && !std::exchange(header_seen, true) && parser.expects_continue()) {
      OPW_CO_TRYV(co_await send_continue(parser.request()));
    }
    const std::size_t most = header_seen ? Input::kBodyPiece : Input::kHeaderPiece;
    OPW_CO_TRY(const bool more, co_await input_.fill(*stream_, most));
    if (!more) co_return opwire::errors::kEndOfStream;
    if (too_slow_) co_return opwire::errors::kTimeout;
  }
}

Task<Result<void>> Connection::send_continue(const Request& request) {
  const std::string* expected = request.headers.find("Expect");
  if (!equal_ignoring_case(*expected, "100-continue")) co_return errors::kExpectation;
  if (!input_.empty()) co_return Result<void>();  // the body is on its way already
  stage_ = Stage::kWriting;                       // nobody else may write now
  const auto written = co_await write(*stream_, as_bytes("HTTP/1.1 100 Continue\r\n\r\n"));
  stage_ = Stage::kReading;
  co_return written;
}

Task<bool> Connection::refuse(Error error) {
  const unsigned status = status_for(error);
  if (status == 0) {
    stream_->reset();
    co_return false;
  }
  Response response = Response::text(status, error.message());
  co_return co_await answer(std::move(response), Reply());
}

Task<bool> Connection::answer(Response response, Reply reply) {
  ResponseTraits traits;
  traits.keep_alive = reply.keep_alive;
  traits.http_1_0 = reply.http_1_0;
  traits.now = loop_.wall_now();
  const std::string head = encode_response_head(response, traits);
  const ByteView pieces[] = {as_bytes(head), as_bytes(response.body)};
  const bool one = reply.without_body || response.body.empty();
  enter(Stage::kWriting, options_.write_timeout);
  const auto written = co_await stream_->write(ByteViews(pieces, one ? 1 : 2));
  if (!written) {
    stream_->reset();
    co_return false;
  }
  if (!reply.keep_alive) co_await leave();
  co_return reply.keep_alive;
}

Task<void> Connection::serve_websocket(Request request) {
  Response first = answer_websocket(request);
  if (first.status == 101 && handlers_.websocket_check) {
    std::optional<Response> refusal = handlers_.websocket_check(request, peer_);
    if (refusal) first = std::move(*refusal);
  }
  const bool agreed = first.status == 101;
  Reply reply;
  reply.keep_alive = agreed;
  const bool sent = co_await answer(std::move(first), reply);
  watchdog_.cancel();
  if (!sent || !agreed) co_return;
  WebSocket websocket(loop_, std::move(stream_), Role::kServer, nullptr, options_.websocket, input_.view());
  input_ = Input();
  websocket_ = &websocket;
  if (stopping_) stop();
  co_await handlers_.websocket(websocket, std::move(request), peer_);
  co_await websocket.close(stopping_ ? kGoingAway : kNormalClosure);
  websocket_ = nullptr;
}

// The answer must reach the client though it may still be sending: it is read on and dropped, for a while.
Task<void> Connection::leave() {
  co_await late_.join();
  if (!too_slow_) {
    const auto ended = co_await stream_->close_write();
    if (!ended) co_return;
    enter(Stage::kLeaving, kLeaveTime);
  }
  while (true) {
    input_ = Input();
    const auto more = co_await input_.fill(*stream_);
    if (!more || !*more) break;
  }
  watchdog_.cancel();
}

}  // namespace opwire::http
