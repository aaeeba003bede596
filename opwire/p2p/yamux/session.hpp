// The coroutines around SessionCore: one that reads, one that writes, and the streams.
//
// The writer wakes once for all that was queued in a turn of the loop and gathers it into one write. The reader hands
// slices of what the secured stream decrypted to the core. An idle session holds no block of memory.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>

#include "opwire/p2p/core/upgrade.hpp"
#include "opwire/p2p/yamux/core.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::yamux {

class SessionStream;

class Session final : public MuxedConnection {
 public:
  Session(Loop& loop, std::unique_ptr<Stream> secured, Role role, const Options& options);
  ~Session() override;

  /// Also ends, with kClosed and after telling the peer, when its task is cancelled.
  Task<Error> run() override;
  Task<Result<std::unique_ptr<Stream>>> open_stream() override;
  Task<Result<std::unique_ptr<Stream>>> accept_stream() override;
  void close() override;
  std::size_t stream_count() const override { return core_.stream_count(); }

 private:
  friend class SessionStream;

  Task<void> read_loop();
  Task<void> write_loop();
  Task<Result<void>> write_once();
  /// After anything was done to the core: passes on its news, wakes the writer, sets the timer.
  void pump();
  void end(const Error& why, std::optional<GoAwayCode> tell);
  void wake_everyone();
  void on_tick();
  void arm_tick();
  std::unique_ptr<Stream> make_stream(StreamId id);
  void drop(StreamId id);

  Loop& loop_;
  std::unique_ptr<Stream> secured_;
  const Options options_;
  SessionCore core_;
  std::unordered_map<StreamId, SessionStream*> streams_;
  std::deque<StreamId> backlog_;  // opened by the peer, not accepted yet

  Event accepted_;
  Event openable_;
  Event output_;
  Event ended_;
  bool over_ = false;

  std::vector<OutFrame> frames_;
  std::vector<ByteView> views_;

  Timer tick_;  // one for all times of the session; may fire early
  TimePoint tick_at_{};
  TimePoint write_deadline_ = TimePoint::max();
  TimePoint close_deadline_ = TimePoint::max();
};

/// The muxer "/yamux/1.0.0".
class Yamux final : public Muxer {
 public:
  explicit Yamux(Loop& loop, Options options = Options()) : loop_(loop), options_(options) {}
  std::string_view protocol() const override { return "/yamux/1.0.0"; }
  std::unique_ptr<MuxedConnection> make(std::unique_ptr<Stream> secured, Role role) override;

 private:
  Loop& loop_;
  Options options_;
};

}  // namespace opwire::yamux
