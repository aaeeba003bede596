// What a session remembers about one stream (internal to the session core).
#pragma once

#include <algorithm>

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/list_hook.hpp>

#include "opwire/p2p/yamux/byte_queue.hpp"
#include "opwire/p2p/yamux/receive_window.hpp"

namespace opwire::yamux {

template <class Tag>
using ListHook = boost::intrusive::list_base_hook<boost::intrusive::tag<Tag>,
                                                  boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
struct ReadyTag;
struct ControlTag;
struct TouchedTag;
struct LingerTag;

/// Pieces that stay their writer's, as far as they have not been taken.
class Loan {
 public:
  Loan() = default;
  explicit Loan(ByteViews pieces) noexcept : pieces_(pieces) {
    for (const ByteView piece : pieces) size_ += piece.size();
  }

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

  /// Up to max bytes of one piece; not empty unless the loan is, or max is 0.
  ByteView take(std::size_t max) noexcept {
    while (!pieces_.empty() && used_ == pieces_.front().size()) {
      pieces_ = pieces_.subspan(1);
      used_ = 0;
    }
    if (pieces_.empty()) return {};
    const ByteView taken = pieces_.front().subspan(used_, std::min(max, pieces_.front().size() - used_));
    used_ += taken.size();
    size_ -= taken.size();
    return taken;
  }

 private:
  ByteViews pieces_;
  std::size_t used_ = 0;  // of the first
  std::size_t size_ = 0;
};

struct StreamState : ListHook<ReadyTag>, ListHook<ControlTag>, ListHook<TouchedTag>, ListHook<LingerTag> {
  StreamState(StreamId stream, bool ours, TimePoint now) noexcept : id(stream), outgoing(ours), window(now) {}

  StreamId id;
  bool outgoing;
  bool acknowledged = false;           // outgoing: the peer has seen it
  bool released = false;               // the application holds it no more
  const ErrorKind* failure = nullptr;  // reset, by either side

  // receiving
  bool fin_received = false;
  bool read_closed = false;
  ReceiveWindow window;
  ByteQueue inbox;

  // sending
  bool fin_queued = false;
  bool fin_sent = false;
  std::uint32_t send_window = kInitialWindow;
  ByteQueue copied;  // sent before what is lent
  Loan lent;
  std::size_t in_flight = 0;  // collected, not yet written

  // due in the next control frame
  bool syn_due = false;
  bool ack_due = false;
  std::uint32_t credit_due = 0;

  TimePoint linger_until{};  // released, with something still to send
  std::uint8_t touched = 0;

  std::size_t pending() const noexcept { return copied.size() + lent.size(); }
  bool control_due() const noexcept { return syn_due || ack_due || credit_due > 0; }
  bool sendable() const noexcept {
    if (failure != nullptr || fin_sent) return false;
    return pending() > 0 ? send_window > 0 : fin_queued;
  }
  bool finished() const noexcept { return released && (failure != nullptr || fin_sent); }
};

template <class Tag>
using StreamList = boost::intrusive::list<StreamState, boost::intrusive::base_hook<ListHook<Tag>>,
                                          boost::intrusive::constant_time_size<false>>;

}  // namespace opwire::yamux
