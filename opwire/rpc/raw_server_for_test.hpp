// A server on loopback whose answers are bytes of the test's choice: those that no HTTP library would send.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "opwire/net/http/frames.hpp"
#include "opwire/net/http/handshake.hpp"
#include "opwire/net/tcp.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::rpc::test {

/// What is said instead of an answer: the head, then the piece again and again.
struct Flood {
  std::string head;
  std::string piece;
  std::uint64_t most = 200ULL << 20;  ///< bytes, after which it stops and the connection stays
};
inline constexpr std::size_t kFloodPiece = 64 * 1024;

inline Flood chunked_flood() {
  return {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
          "10000\r\n" + std::string(kFloodPiece, ' ') + "\r\n"};
}
/// No Content-Length: the body ends with the connection, which does not end.
inline Flood endless_flood() {
  return {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", std::string(kFloodPiece, ' '), 1ULL << 30};
}
/// One frame of WebSocket, of 200 MiB.
inline Flood frame_flood() {
  return {std::string("\x81\x7f\0\0\0\0\x0c\x80\0\0", 10), std::string(kFloodPiece, ' ')};
}
/// One message of WebSocket in fragments, without a last one.
inline Flood fragment_flood() {
  return {std::string("\x01\x00", 2), std::string("\x00\x7f\0\0\0\0\0\x01\0\0", 10) + std::string(kFloodPiece, ' ')};
}

class RawServer {
 public:
  /// The text that answers the text of a call, where no flood is set.
  explicit RawServer(ReactorLoop& loop, std::function<std::string(const std::string& call)> answer)
      : answer_(std::move(answer)), scope_(loop) {
    listener_ = std::move(*net::TcpListener::bind(loop, net::Endpoint(ByteArray<4>{127, 0, 0, 1}, 0), 16));
    scope_.spawn(accept(*this));
  }
  void close(ReactorLoop& loop) {
    listener_->close();
    scope_.cancel();
    loop.run(scope_.join());
  }
  std::string url(const std::string& scheme) const {
    return scheme + "://127.0.0.1:" + std::to_string(listener_->local().port) + "/";
  }

  std::optional<Flood> flood;
  std::uint64_t sent = 0;  ///< of the last flood: what the other side's system took
  int connections = 0;

 private:
  static Task<void> accept(RawServer& self) {
    while (true) {
      auto accepted = co_await self.listener_->accept();
      if (!accepted) co_return;
      ++self.connections;
      self.scope_.spawn(serve(self, std::move(accepted->stream)));
    }
  }
  static Task<void> serve(RawServer& self, std::unique_ptr<Stream> stream) {
    std::string heard;
    while (true) {
      const std::size_t body = heard.find("\r\n\r\n");
      if (body != std::string::npos && !field(heard, "Sec-WebSocket-Key").empty()) break;
      if (body != std::string::npos && heard.size() - body - 4 >= std::stoul("0" + field(heard, "Content-Length"))) {
        const bool said = co_await say_http(self, *stream, heard.substr(body + 4));
        if (!said) co_return;
        heard.clear();
      }
      const auto piece = co_await stream->read(kFloodPiece);
      if (!piece || piece->empty()) co_return;
      heard += as_text(piece->view());
    }
    co_await serve_websocket(self, *stream, field(heard, "Sec-WebSocket-Key"));
  }
  static std::string field(const std::string& request, const std::string& name) {
    const std::size_t at = request.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const std::size_t begin = at + name.size() + 4;
    return request.substr(begin, request.find("\r\n", begin) - begin);
  }
  static Task<bool> say(Stream& stream, std::string text) {
    const Result<void> written = co_await write(stream, as_bytes(text));
    co_return written.has_value();
  }
  static Task<bool> pour(RawServer& self, Stream& stream) {
    const Flood flood = *self.flood;
    self.sent = 0;
    bool taken = co_await say(stream, flood.head);
    while (taken && self.sent < flood.most) {
      taken = co_await say(stream, flood.piece);
      if (taken) self.sent += flood.piece.size();
    }
    co_return taken;
  }
  static Task<bool> say_http(RawServer& self, Stream& stream, std::string call) {
    if (self.flood) co_return co_await pour(self, stream);
    const std::string text = self.answer_(call);
    std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
    co_return co_await say(stream, std::move(answer));
  }
  static Task<void> serve_websocket(RawServer& self, Stream& stream, std::string key) {
    std::string answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    answer += "Sec-WebSocket-Accept: " + http::websocket_accept(key) + "\r\n\r\n";
    bool going = co_await say(stream, std::move(answer));
    http::FrameDecoder decoder(http::Role::kServer, kFloodPiece);
    while (going) {
      const auto piece = co_await stream.read(kFloodPiece);
      if (!piece || piece->empty()) co_return;
      ByteView bytes = piece->view();
      while (going && !bytes.empty()) {
        const auto event = decoder.next(bytes);
        if (!event) co_return;
        if (!*event || (*event)->opcode != http::Opcode::kText) continue;
        going = co_await say_frame(self, stream, (*event)->data);
      }
    }
  }
  static Task<bool> say_frame(RawServer& self, Stream& stream, std::string call) {
    if (self.flood) co_return co_await pour(self, stream);
    std::string frame;
    http::append_frame(frame, http::Opcode::kText, as_bytes(self.answer_(call)), nullptr);
    co_return co_await say(stream, std::move(frame));
  }

  std::function<std::string(const std::string& call)> answer_;
  std::unique_ptr<net::TcpListener> listener_;
  Scope scope_;
};

}  // namespace opwire::rpc::test
