// One connection of a server: requests one after another, the times within which each step must be done, and the way
// out (internal to server.hpp).
#pragma once

#include "opwire/net/http/input.hpp"
#include "opwire/net/http/parser.hpp"
#include "opwire/net/http/server.hpp"

namespace opwire::http {

class Connection {
 public:
  Connection(Loop& loop, const ServerOptions& options, const Handlers& handlers, std::unique_ptr<Stream> stream,
             PeerInfo peer, std::uint64_t& bodies);
  ~Connection() { count_body(0); }

  Task<void> run();
  /// Instead of run(): one answer, whatever is asked.
  Task<void> turn_away(Response response);
  /// Ends it: now when nothing is under way, else after the answer.
  void stop();

 private:
  enum class Stage : unsigned char { kIdle, kReading, kAnswering, kWriting, kLeaving };

  struct Reply {
    bool keep_alive = false;
    bool without_body = false;
    bool http_1_0 = false;
  };

  Task<bool> serve_one();
  Task<Result<bool>> read_request(RequestParser& parser);
  Task<Result<void>> send_continue(const Request& request);
  Task<bool> refuse(Error error);
  Task<bool> answer(Response response, Reply reply);
  Task<void> serve_websocket(Request request);
  Task<void> leave();
  Task<void> send_late_answer();
  void count_body(std::uint64_t size);
  void enter(Stage stage, Duration limit);
  void on_time_over();

  Loop& loop_;
  const ServerOptions& options_;
  const Handlers& handlers_;
  std::unique_ptr<Stream> stream_;
  PeerInfo peer_;
  std::uint64_t& bodies_;   // of all connections
  std::uint64_t body_ = 0;  // what of it is ours
  Input input_;
  Stage stage_ = Stage::kIdle;
  bool stopping_ = false;
  bool too_slow_ = false;
  WebSocket* websocket_ = nullptr;
  Timer watchdog_;
  Scope late_;  // the answer to a request that took too long, while its reader still waits
};

}  // namespace opwire::http
