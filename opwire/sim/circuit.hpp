// One simulated TCP connection: two ends, and what is on its way between them. Used by Internet only.
#pragma once

#include <array>
#include <deque>

#include "opwire/base/buffer.hpp"
#include "opwire/base/result.hpp"
#include "opwire/runtime/event.hpp"
#include "opwire/sim/links.hpp"

namespace opwire::sim {

class Internet;

/// How much one end may have sent that the other has not read: what a well-tuned TCP gives.
inline constexpr std::size_t kWindow = std::size_t{1} << 20;
/// Longer writes are cut into such packets, so that slow lines interleave connections.
inline constexpr std::size_t kMaxPacket = std::size_t{64} << 10;

class Circuit {
 public:
  /// Ends are numbered 0 (who dialled) and 1.
  using End = unsigned;
  static constexpr End other(End end) noexcept { return 1 - end; }

  Circuit(Internet& internet, std::uint64_t number, MachineId dialler, MachineId listener);
  ~Circuit();
  Circuit(const Circuit&) = delete;
  Circuit& operator=(const Circuit&) = delete;

  std::uint64_t number() const noexcept { return number_; }
  MachineId machine(End end) const noexcept { return ends_[end].machine; }

  // What a socket does.
  /// How much may be sent now.
  std::size_t room(End end);
  /// When room() will have grown by itself; nothing: the other side has to read first.
  std::optional<TimePoint> next_room(End end) const;
  void send(End end, Buffer data);
  void send_end(End end);
  /// At most max of what has arrived.
  Buffer take(End end, std::size_t max);
  /// What was not read is gone; the other side is told.
  void reset(End end);
  /// The socket is gone.
  void release(End end);

  bool has_data(End end) const noexcept { return ends_[end].unread_size > 0; }
  bool at_end(End end) const noexcept { return ends_[end].ended && ends_[end].unread_size == 0; }
  bool sent_end(End end) const noexcept { return ends_[end].sent_end; }
  /// Broken by the other side or by the network, not by reset().
  bool broken(End end) const noexcept { return ends_[end].broken; }
  /// Neither ended nor cut, as far as the network knows.
  bool stands() const noexcept;
  /// No socket is left, and nothing is on its way: it may be forgotten.
  bool finished() const noexcept;
  Event& readable(End end) noexcept { return ends_[end].readable; }
  Event& writable(End end) noexcept { return ends_[end].writable; }

  // What the network does to it.
  /// Both ends are told at once; nothing that is on its way arrives. It may be finished then.
  void cut();
  /// Nothing passes any more and nobody is told.
  void mute() noexcept { muted_ = true; }
  /// The machine at that end is gone. tell: its kernel still tells the other side.
  void lose(End end, bool tell);
  /// Holds everything back, or lets it go.
  void hold(bool on);

 private:
  friend class Internet;
  enum class Kind : std::uint8_t { kData, kEnd, kReset };
  struct Packet {
    TimePoint arrives;
    Buffer data;
    Kind kind;
    bool received = false;  // has passed the receiver's line too
  };
  struct Credit {
    TimePoint arrives;
    std::size_t bytes;
  };
  struct Side {
    Side(Loop& loop, MachineId at) : machine(at), readable(loop), writable(loop) {}
    MachineId machine;
    std::deque<Buffer> unread;
    std::size_t unread_size = 0;
    bool ended = false;     // the other side has ended its direction
    bool sent_end = false;  // we have
    bool closed = false;    // by reset()
    bool broken = false;
    bool lost = false;      // with its machine
    bool released = false;  // no socket any more
    std::deque<Packet> outgoing;
    TimerId timer;                    // of the first of them
    std::size_t unread_by_other = 0;  // sent, and neither read nor known to be read
    std::deque<Credit> credits;       // on their way back to us
    Event readable;
    Event writable;
  };

  void put(End from, Kind kind, Buffer data);
  /// The same of a machine that may know nothing of the connection.
  void transmit(End from, Kind kind, Buffer data);
  void arm(End from);
  void on_arrival(End from);
  void deliver(End from, Packet packet);
  void on_data(End to, Buffer data);
  void break_end(End end);
  /// What has not been read is gone, and who waits is told.
  static void end_waits(Side& side);

  Internet& internet_;
  const std::uint64_t number_;
  bool muted_ = false;
  bool held_ = false;
  std::array<Side, 2> ends_;
};

}  // namespace opwire::sim
