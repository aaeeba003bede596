// The coroutines around SessionCore: run() reads, a writer lives while there is something to write, and the streams.
//
// The writer begins once for all that was queued in a turn of the loop and gathers it into one write. The reader hands
// slices of what the secured stream decrypted to the core. An idle session holds no block of memory and no writer:
// there may be thousands of them.
#pragma once

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
  Task<Error> run(TakeStream take) override;
  Task<Result<std::unique_ptr<Stream>>> open_stream() override;
  void close() override;
  std::size_t stream_count() const override { return core_.stream_count(); }

 private:
  friend class SessionStream;

  /// What the writer needs while it lives.
  struct Batch {
    std::vector<OutPiece> pieces;
    std::vector<ByteView> views;
  };

  /// Until nothing more comes, or its task is cancelled.
  Task<void> read_all();
  Task<void> write_all();
  Task<Result<void>> write_once(Batch& batch);
  void start_writer();
  /// After anything was done to the core: passes on its news, starts the writer, sets the timer.
  void pump();
  void pass_on_news();
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
  TakeStream take_;
  Event openable_;
  Scope tasks_;  // the writer; after a cancellation, the reader too
  bool over_ = false;
  bool pumping_ = false;
  bool writing_ = false;
  bool said_end_ = false;   // our direction of the connection is closed
  bool heard_end_ = false;  // nothing more comes

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
