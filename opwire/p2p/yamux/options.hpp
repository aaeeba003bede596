// Limits and times of a yamux session.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "opwire/base/time.hpp"

namespace opwire::yamux {

struct Options {
  Options() = default;

  /// How far a stream's receive window may grow, and by how much all windows of a session together beyond their
  /// initial 256 KiB.
  std::uint32_t max_window = 16 * 1024 * 1024;
  std::uint64_t max_window_growth = 64 * 1024 * 1024;
  /// Payload of a data frame. With its header it fills one of our noise frames.
  std::size_t max_frame_payload = 65'396;
  /// Streams that the peer may have open here; more are reset.
  std::size_t max_incoming_streams = 256;
  /// Streams of ours that the peer has not acknowledged yet; more have to wait (go and rust reset beyond 256).
  std::size_t max_ack_backlog = 256;
  /// Pings waiting to be answered; more are not answered.
  std::size_t max_pongs = 32;
  /// Resets and other frames waiting to be sent; more mean a peer that floods and does not read.
  std::size_t max_control_frames = 1024;
  /// Written bytes that a stream copies and keeps until they are sent.
  std::size_t max_copied = 64 * 1024;

  /// How long a stream that was released may take to send what is queued; then it is reset.
  Duration linger = std::chrono::seconds(30);
  Duration ping_interval = std::chrono::seconds(30);  ///< measures the round trip and keeps alive; zero: never
  Duration ping_timeout = std::chrono::seconds(10);
  /// A peer that takes nothing for so long is dropped.
  Duration write_timeout = std::chrono::seconds(10);
  /// How long opening a stream waits for the peer to acknowledge others.
  Duration open_timeout = std::chrono::seconds(15);
  /// How long the end of a session may take.
  Duration close_timeout = std::chrono::seconds(1);
};

}  // namespace opwire::yamux
