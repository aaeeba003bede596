#include "opwire/net/http/websocket.hpp"

#include <utility>

#include "opwire/net/http/errors.hpp"

namespace opwire::http {
namespace {
constexpr std::size_t kReadPiece = 64 * 1024;
constexpr std::size_t kFrameOverhead = 14;
}  // namespace

WebSocket::WebSocket(Loop& loop, std::unique_ptr<Stream> stream, Role role, Rng* rng, const WebSocketOptions& options,
                     ByteView rest)
    : loop_(loop),
      stream_(std::move(stream)),
      rng_(rng),
      options_(options),
      rest_(Buffer::copy_of(rest)),
      decoder_(role, options.max_message),
      room_(loop),
      read_ended_(loop),
      heard_(loop.now()),
      write_timer_(loop, [this] { break_with(Error(opwire::errors::kTimeout, "WebSocket write")); }),
      ping_timer_(loop, [this] { on_ping_time(); }),
      close_timer_(loop, [this] { break_with(Error(opwire::errors::kTimeout, "WebSocket close")); }),
      writer_(loop) {
  OPW_CHECK((role == Role::kClient) == (rng != nullptr));
  if (options_.ping_after > Duration::zero()) ping_timer_.arm_in(options_.ping_after);
}

WebSocket::~WebSocket() = default;

Task<Result<WebSocketMessage>> WebSocket::receive() {
  OPW_CHECK(!reading_);
  reading_ = true;
  Result<WebSocketMessage> message = co_await next_message();
  reading_ = false;
  if (!message && !receive_end_) receive_end_ = message.error();
  read_ended_.notify_all();
  co_return message;
}

Task<Result<WebSocketMessage>> WebSocket::next_message() {
  heard_ = loop_.now();
  while (true) {
    if (receive_end_) co_return *receive_end_;
    if (broken_) co_return *broken_;
    ByteView bytes = rest_.view();
    auto event = decoder_.next(bytes);
    (void)rest_.take_front(rest_.size() - bytes.size());
    if (!event) {
      OPW_CO_TRYV(on_bad_frame(event.error()));
    } else if (*event) {
      auto message = on_event(std::move(**event));
      if (message) co_return std::move(*message);
      if (peer_close_) co_return errors::kPeerClosed;
      continue;
    }
    rest_ = Buffer();
    auto piece = co_await stream_->read(kReadPiece);
    if (!piece) break_with(piece.error());
    if (piece && piece->empty()) break_with(Error(opwire::errors::kEndOfStream, "WebSocket"));
    if (broken_) co_return *broken_;
    rest_ = std::move(*piece);
    heard_ = loop_.now();
  }
}

std::optional<WebSocketMessage> WebSocket::on_event(FrameEvent event) {
  switch (event.opcode) {
    case Opcode::kPing:
      if (close_queued_) break;
      pong_ = std::move(event.data);
      flush();
      break;
    case Opcode::kClose:
      peer_close_ = CloseReason{event.close_code, std::move(event.data)};
      begin_close(event.close_code);
      break;
    case Opcode::kText:
    case Opcode::kBinary:
      return WebSocketMessage(std::move(event.data), event.opcode == Opcode::kText);
    default:
      break;
  }
  return std::nullopt;
}

Result<void> WebSocket::on_bad_frame(const Error& error) {
  begin_close(close_code_for(error), error.kind().text);
  return error;
}

Task<Result<void>> WebSocket::send(WebSocketMessage message) {
  const std::uint64_t turn = next_turn_++;
  const std::size_t size = message.data.size() + kFrameOverhead;
  waiting_.insert(turn);
  bool cancelled = false;
  while (!broken_ && !close_queued_ && !cancelled && (*waiting_.begin() != turn || !fits(size))) {
    const bool notified = co_await room_.wait();
    cancelled = !notified;
  }
  waiting_.erase(turn);
  room_.notify_all();
  if (broken_) co_return *broken_;
  if (close_queued_) co_return opwire::errors::kClosed;
  if (cancelled) co_return opwire::errors::kCancelled;
  append_frame(queue_, message.is_text ? Opcode::kText : Opcode::kBinary, as_bytes(message.data), rng_);
  flush();
  co_return Result<void>();
}

void WebSocket::begin_close(std::uint16_t code, std::string_view reason) {
  if (close_queued_ || broken_) return;
  append_close(queue_, code, reason, rng_);
  close_queued_ = true;
  pong_.reset();
  close_timer_.arm_in(options_.close_timeout);
  room_.notify_all();
  flush();
}

Task<void> WebSocket::close(std::uint16_t code, std::string reason) {
  if (std::exchange(closed_, true)) co_return;
  begin_close(code, reason);
  co_await await_peer_close();
  while (writing_ && !broken_) {
    const bool notified = co_await room_.wait();
    if (!notified) break_with(opwire::errors::kCancelled);
  }
  if (!broken_) co_await drain();
  close_timer_.cancel();
  ping_timer_.cancel();
  break_with(opwire::errors::kClosed);
  while (reading_) co_await read_ended_.wait_uncancelled();
  while (!waiting_.empty()) co_await room_.wait_uncancelled();
  co_await writer_.join();
}

Task<void> WebSocket::await_peer_close() {
  while (!broken_ && !receive_end_) {
    if (!reading_) {
      (void)co_await receive();
      continue;
    }
    const bool notified = co_await read_ended_.wait();
    if (!notified) break_with(opwire::errors::kCancelled);
  }
}

// Both sides have said what they had to say: what is still on its way must not be cut off by a reset.
Task<void> WebSocket::drain() {
  const auto ended = co_await stream_->close_write();
  if (!ended) co_return;
  while (!broken_ && !reading_) {
    const auto piece = co_await stream_->read(kReadPiece);
    if (!piece || piece->empty()) co_return;
  }
}

void WebSocket::break_with(const Error& error) {
  if (broken_) return;
  broken_ = error;
  stream_->reset();
  room_.notify_all();
}

void WebSocket::flush() {
  if (writing_ || broken_) return;
  writing_ = true;
  writer_.spawn(write_queue());
}

Task<void> WebSocket::write_queue() {
  while (!broken_) {
    if (pong_) append_frame(queue_, Opcode::kPong, as_bytes(*std::exchange(pong_, std::nullopt)), rng_);
    if (queue_.empty()) break;
    batch_.clear();
    std::swap(batch_, queue_);
    write_timer_.arm_in(options_.write_timeout);
    const auto written = co_await write(*stream_, as_bytes(batch_));
    write_timer_.cancel();
    batch_.clear();
    if (!written) break_with(written.error());
    room_.notify_all();
  }
  // Nothing is kept for a connection that is idle.
  batch_ = std::string();
  queue_.shrink_to_fit();
  writing_ = false;
  room_.notify_all();
}

void WebSocket::on_ping_time() {
  if (broken_ || close_queued_) return;
  const Duration silent = loop_.now() - heard_;
  if (reading_ && silent >= 2 * options_.ping_after) {
    break_with(Error(opwire::errors::kTimeout, "WebSocket ping"));
    return;
  }
  if (reading_ && silent >= options_.ping_after && queue_.empty()) {
    append_frame(queue_, Opcode::kPing, {}, rng_);
    flush();
  }
  ping_timer_.arm_in(options_.ping_after);
}

}  // namespace opwire::http
