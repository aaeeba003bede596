// How much a peer may send on one stream, and when it is told that it may send more.
#pragma once

#include <cstdint>

#include "opwire/base/time.hpp"
#include "opwire/p2p/yamux/frame.hpp"

namespace opwire::yamux {

/// Credit is given back for what the application has read, in steps of at least half the window. A window that was
/// used up within four round trips is doubled.
class ReceiveWindow {
 public:
  explicit ReceiveWindow(TimePoint now) noexcept : epoch_(now) {}

  /// What the peer may still send.
  std::uint32_t remaining() const noexcept { return remaining_; }
  std::uint32_t size() const noexcept { return size_; }

  /// A data frame of this length was announced; length <= remaining().
  void on_announced(std::uint32_t length) noexcept;

  struct Growth {
    Duration rtt;              ///< zero: not known yet, no growth
    std::uint32_t max_window;  ///< of one stream
    std::uint64_t& budget;     ///< shared by the session's streams; taken from
  };
  /// The application read this many bytes. Returns the credit to send now, often 0.
  std::uint32_t on_consumed(std::uint32_t bytes, TimePoint now, const Growth& growth) noexcept;

 private:
  bool grow(TimePoint now, const Growth& growth) noexcept;

  std::uint32_t size_ = kInitialWindow;
  std::uint32_t remaining_ = kInitialWindow;
  std::uint32_t unread_ = 0;  // announced, not consumed
  TimePoint epoch_;           // when credit was given last
};

}  // namespace opwire::yamux
