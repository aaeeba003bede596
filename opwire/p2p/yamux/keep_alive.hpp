// Pings: what the round trip is, and whether the other side is still there.
#pragma once

#include <cstdint>
#include <optional>

#include "opwire/base/time.hpp"

namespace opwire::yamux {

/// One ping at the start and one an interval. A ping that stays without answer ends the session only if nothing else
/// arrived meanwhile: behind a full send queue an answer may be late.
class KeepAlive {
 public:
  /// interval zero: no pings at all.
  KeepAlive(Duration interval, Duration timeout, TimePoint now) noexcept
      : interval_(interval), timeout_(timeout), next_(now), received_(now) {}

  void on_received(TimePoint now) noexcept { received_ = now; }
  /// The value of a ping to send, if one is due.
  std::optional<std::uint32_t> due(TimePoint now) noexcept;
  /// The ping leaves now (it may have waited behind a slow write).
  void on_sent(TimePoint now) noexcept { sent_ = now; }
  /// Answers that nobody asked for are ignored.
  void on_pong(std::uint32_t value, TimePoint now) noexcept;
  /// True when the other side is gone.
  bool expired(TimePoint now) noexcept;

  /// When due() or expired() has to be asked again.
  TimePoint next() const noexcept;
  /// Zero until the first answer.
  Duration rtt() const noexcept { return rtt_; }

 private:
  Duration interval_;
  Duration timeout_;
  TimePoint next_;
  TimePoint received_;
  TimePoint queued_{};
  TimePoint sent_{};
  std::uint32_t value_ = 0;
  bool waiting_ = false;
  Duration rtt_{};
};

}  // namespace opwire::yamux
