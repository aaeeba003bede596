// A WebSocket connection (RFC 6455) over a Stream: messages both ways, one reader and many senders.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "opwire/net/http/frames.hpp"
#include "opwire/net/stream.hpp"
#include "opwire/runtime/event.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::http {

struct WebSocketOptions {
  WebSocketOptions() = default;

  std::size_t max_message = 16 * 1024 * 1024;  ///< bytes of one that is received
  std::size_t max_queued = 16 * 1024 * 1024;   ///< bytes that wait to be written; a longer message goes alone
  Duration ping_after =
      std::chrono::seconds(30);  ///< of silence while we read; after twice that it is broken. 0: never
  Duration write_timeout = std::chrono::seconds(30);  ///< for each batch that is written
  Duration close_timeout = std::chrono::seconds(3);
};

struct WebSocketMessage {
  WebSocketMessage() = default;
  WebSocketMessage(std::string content, bool text) : data(std::move(content)), is_text(text) {}

  std::string data;
  bool is_text = true;  ///< UTF-8 then; of what is sent the caller sees to that
};

struct CloseReason {
  std::uint16_t code = kNoCode;
  std::string text;
};

/// Pings are answered while somebody receives; of several that wait only the last one is. Whoever owns it awaits
/// close() before it is destroyed.
class WebSocket {
 public:
  /// rng masks what a client sends; a server passes null. rest: what arrived behind the handshake.
  WebSocket(Loop& loop, std::unique_ptr<Stream> stream, Role role, Rng* rng, const WebSocketOptions& options,
            ByteView rest = {});
  ~WebSocket();

  /// The next message. One task at a time. Errors, which every later call repeats: kPeerClosed, kFrame, kBadText,
  /// kMessageTooLong (the other side is told by the close code), kEndOfStream without a close frame, kTimeout,
  /// kCancelled, and the stream's.
  Task<Result<WebSocketMessage>> receive();
  /// Queues it behind what other tasks send; waits, in order, while the queue is full. Errors: kClosed once closing has
  /// begun, kCancelled (the message was not queued), or what broke the connection.
  Task<Result<void>> send(WebSocketMessage message);
  /// Sends a close frame behind what is queued and returns; receive() ends when the other side has answered, or with
  /// kTimeout after close_timeout.
  void begin_close(std::uint16_t code = kNormalClosure, std::string_view reason = {});
  /// The same, waits for the answer (messages that still arrive are dropped) and ends the stream, within close_timeout;
  /// at once in a cancelled task. Tasks that receive or send meanwhile have been answered when it returns. Again it
  /// does nothing.
  Task<void> close(std::uint16_t code = kNormalClosure, std::string reason = {});

  /// What the other side's close frame said, if it came.
  const std::optional<CloseReason>& peer_close() const noexcept { return peer_close_; }
  std::size_t queued_bytes() const noexcept { return queue_.size() + batch_.size(); }

 private:
  Task<Result<WebSocketMessage>> next_message();
  std::optional<WebSocketMessage> on_event(FrameEvent event);
  Result<void> on_bad_frame(const Error& error);
  Task<void> await_peer_close();
  Task<void> drain();
  void break_with(const Error& error);
  void flush();
  Task<void> write_queue();
  void on_ping_time();
  bool fits(std::size_t size) const noexcept {
    return queued_bytes() == 0 || queued_bytes() + size <= options_.max_queued;
  }

  Loop& loop_;
  std::unique_ptr<Stream> stream_;
  Rng* rng_;
  WebSocketOptions options_;
  Buffer rest_;  // arrived, not decoded yet
  FrameDecoder decoder_;

  std::string queue_;
  std::string batch_;                // being written
  std::optional<std::string> pong_;  // owed
  bool writing_ = false;
  bool close_queued_ = false;
  bool closed_ = false;              // by close()
  std::set<std::uint64_t> waiting_;  // senders, by their turn
  std::uint64_t next_turn_ = 0;
  Event room_;

  bool reading_ = false;
  Event read_ended_;
  TimePoint heard_;
  std::optional<CloseReason> peer_close_;
  std::optional<Error> receive_end_;  // what receive() answers from now on
  std::optional<Error> broken_;       // the stream is of no use

  Timer write_timer_;
  Timer ping_timer_;
  Timer close_timer_;
  Scope writer_;
};

}  // namespace opwire::http
