// A yamux session without its socket: bytes and a time in, frames and news of streams out.
// (hashicorp/yamux spec.md; libp2p specs, yamux; behaviour as go-yamux where the specs are silent.)
//
// The owner feeds what arrives, then takes the touched streams; and while has_output(), collects frames, writes them,
// and says on_written(). It calls on_time() when next_time() has come. After an error the session is over: what is left
// is to write the go-away frame that collect() still gives, and to close.
//
// Memory: what streams have received and the application has not read is bounded by their windows (256 KiB each,
// growing to max_window within max_window_growth for the session); what is sent by max_copied a stream and
// max_control_frames. Nothing is ever allocated because a header says so.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "opwire/base/buffer.hpp"
#include "opwire/base/result.hpp"
#include "opwire/p2p/core/upgrade.hpp"
#include "opwire/p2p/yamux/frame.hpp"
#include "opwire/p2p/yamux/keep_alive.hpp"
#include "opwire/p2p/yamux/options.hpp"
#include "opwire/p2p/yamux/stream_state.hpp"

namespace opwire::yamux {

/// What is new about a stream; several at once.
enum Touch : std::uint8_t {
  kNew = 1,       ///< the peer opened it
  kReadable = 2,  ///< data, end or reset
  kWritable = 4,  ///< something was written, or reset
};
struct Touched {
  StreamId stream;
  std::uint8_t what;
};

/// What is to be written next: the header of a frame, then bytes of its payload, which stay valid until on_written().
/// Without a header the payload of the frame before goes on.
struct OutPiece {
  std::optional<HeaderBytes> header;
  ByteView payload;
};

class SessionCore {
 public:
  /// role: of the connection, not of the security handshake; the dialer's streams are odd. first_id: where own stream
  /// ids start; 0: at 1 or 2, as the role says.
  SessionCore(Role role, Options options, TimePoint now, StreamId first_id = 0);
  SessionCore(const SessionCore&) = delete;
  SessionCore& operator=(const SessionCore&) = delete;

  // -- What arrives.
  /// Takes bytes as they come, cut anywhere. Errors (all final): those of errors.hpp that close the connection.
  Result<void> feed(Buffer bytes, TimePoint now);
  /// Errors: kPingTimeout.
  Result<void> on_time(TimePoint now);
  TimePoint next_time() const noexcept;
  /// The next stream with news, each at most once until it is taken.
  std::optional<Touched> next_touched();
  /// Why the session is over, if it is.
  const std::optional<Error>& error() const noexcept { return error_; }

  // -- Streams. An id is valid from open() or kNew until release().
  /// Errors: kAckBacklog (wait for can_open()), kIdsExhausted, the session's.
  Result<StreamId> open(TimePoint now);
  bool can_open() const noexcept { return unacknowledged_ < options_.max_ack_backlog; }
  /// True when read() would give something, the end or an error.
  bool readable(StreamId id) const;
  /// Up to max bytes; an empty buffer at the end; nothing if there is nothing yet. What arrived before the session
  /// ended can still be read. Errors: kReset, kDataAfterFin, kClosed (after close_read or reset), the session's.
  Result<std::optional<Buffer>> read(StreamId id, std::size_t max, TimePoint now);
  /// How many bytes write_copy() takes now. Errors: kReset, kClosed (after close_write or reset), the session's.
  Result<std::size_t> write_room(StreamId id) const;
  /// Queues a copy; at most write_room() bytes.
  void write_copy(StreamId id, ByteView bytes);
  /// Queues pieces that stay the caller's, and so does the list of them: both must live until unsent() is 0. One loan
  /// at a time, after write_room() said that the stream can be written. They are cut into as few frames as can be.
  void lend(StreamId id, ByteViews pieces);
  /// Bytes queued or collected, and not yet on_written(); of a session that is over, only those collected.
  std::size_t unsent(StreamId id) const noexcept;
  /// The peer sees the end after what is queued.
  void close_write(StreamId id);
  /// What arrives from now on is counted and dropped, and gives no credit; the peer is not told.
  void close_read(StreamId id);
  /// Drops what is queued either way and tells the peer.
  void reset(StreamId id);
  /// The application is done with the stream: if both directions had ended, what is queued is still sent (within
  /// Options::linger); else it is reset. Nothing may be on loan.
  void release(StreamId id, TimePoint now);
  std::size_t stream_count() const noexcept { return streams_.size(); }
  std::size_t incoming_count() const noexcept { return incoming_; }

  // -- What leaves.
  bool has_output() const noexcept;
  /// Appends frames: control frames first, then data fairly by stream until about max_bytes.
  void collect(std::vector<OutPiece>& out, std::size_t max_bytes, TimePoint now);
  void on_written();
  /// Ends the session from this side; with a code, a go-away frame is the last that collect() gives.
  void end(const Error& why, std::optional<GoAwayCode> tell);

  Duration rtt() const noexcept { return keep_alive_.rtt(); }

 private:
  struct Body {           // of the data frame that is arriving
    StreamId stream = 0;  // 0: of no stream, drained
    std::uint32_t left = 0;
    bool fin = false;
  };

  // core_input.cpp
  Result<void> on_frame(const Header& header, TimePoint now);
  Result<void> on_stream_frame(const Header& header, TimePoint now);
  Result<void> on_data(const Header& header);
  Result<void> on_window_update(const Header& header);
  Result<void> on_syn(const Header& header, TimePoint now);
  void on_fin(StreamState& stream);
  void on_ping(const Header& header, TimePoint now);
  void on_body(Buffer bytes);
  Error fail(const Error& error);  // for what the peer did

  // core_output.cpp
  void collect_pings(std::vector<OutPiece>& out, TimePoint now);
  void collect_control(std::vector<OutPiece>& out);
  void collect_data(std::vector<OutPiece>& out, std::size_t max_bytes);
  std::size_t collect_data_frame(std::vector<OutPiece>& out, StreamState& stream);
  ByteView take_unsent(StreamState& stream, std::size_t max);

  // core.cpp
  StreamState* find(StreamId id) const noexcept;
  StreamState* find_live(StreamId id) const noexcept;
  StreamState& get(StreamId id) const;
  StreamState& add(StreamId id, bool outgoing, TimePoint now);
  void acknowledge(StreamState& stream);
  void touch(StreamState& stream, std::uint8_t what);
  void link(StreamState& stream);
  void fail_stream(StreamState& stream, const ErrorKind& why);
  void send_reset(StreamId id);
  void erase_if_finished(StreamState& stream);

  const Options options_;
  const bool dialer_;
  KeepAlive keep_alive_;
  std::optional<Error> error_;

  // Members above the streams outlive them: streams unlink themselves from the lists.
  StreamList<ReadyTag> ready_;  // have data to send and window for it; in turn
  StreamList<ControlTag> control_due_;
  StreamList<TouchedTag> touched_;
  StreamList<LingerTag> lingering_;  // earliest deadline first
  std::unordered_map<StreamId, std::unique_ptr<StreamState>> streams_;
  std::uint64_t next_id_;
  std::size_t unacknowledged_ = 0;
  std::size_t incoming_ = 0;
  std::uint64_t window_growth_;  // left of the session's budget

  HeaderBytes header_{};
  std::size_t header_used_ = 0;
  Body body_;

  std::optional<std::uint32_t> ping_;
  std::vector<std::uint32_t> pongs_;
  std::vector<Header> control_;
  std::optional<GoAwayCode> go_away_;
  bool go_away_sent_ = false;
  std::vector<Buffer> owners_;  // of payloads in flight
  std::vector<StreamId> in_flight_;
};

}  // namespace opwire::yamux
