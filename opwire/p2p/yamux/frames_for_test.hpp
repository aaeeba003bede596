// Frames by hand, and a peer that only looks (tests and the fuzz target of this folder).
#pragma once

#include <deque>
#include <initializer_list>
#include <vector>

#include "opwire/p2p/yamux/core.hpp"

namespace opwire::yamux::test {

inline Bytes frame(FrameType type, unsigned flags, StreamId stream, std::uint32_t length,
                   std::string_view payload = {}) {
  const HeaderBytes header = encode_header({type, static_cast<std::uint16_t>(flags), stream, length});
  Bytes bytes(header.begin(), header.end());
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}
inline Bytes data(StreamId stream, std::string_view payload, unsigned flags = 0) {
  return frame(FrameType::kData, flags, stream, static_cast<std::uint32_t>(payload.size()), payload);
}
inline Bytes window(StreamId stream, unsigned flags, std::uint32_t delta = 0) {
  return frame(FrameType::kWindowUpdate, flags, stream, delta);
}
inline Bytes ping(unsigned flags, std::uint32_t value) {
  return frame(FrameType::kPing, flags, 0, value);
}

/// One side of a session and what a test does with it.
struct Side {
  explicit Side(Role role, const Options& options = quiet(), StreamId first_id = 0)
      : core(role, options, now, first_id) {}

  /// Without pings of its own.
  static Options quiet() {
    Options options;
    options.ping_interval = Duration::zero();
    return options;
  }

  Result<void> feed(const Bytes& bytes) { return core.feed(Buffer::copy_of(bytes), now); }

  struct Sent {
    Header header;
    std::string payload;
  };
  /// Takes everything that wants to leave (all at once) as written.
  std::vector<Sent> sent(std::size_t max_bytes = SIZE_MAX) {
    std::vector<OutPiece> pieces;
    core.collect(pieces, max_bytes, now);
    std::vector<Sent> result;
    for (const OutPiece& piece : pieces) {
      if (piece.header) result.push_back({parse_header(*piece.header).value(), {}});
      result.back().payload += as_text(piece.payload);
    }
    core.on_written();
    return result;
  }
  /// The same as bytes for the other side.
  Bytes sent_bytes(std::size_t max_bytes = SIZE_MAX) {
    std::vector<OutPiece> pieces;
    core.collect(pieces, max_bytes, now);
    Bytes bytes;
    for (const OutPiece& piece : pieces) {
      if (piece.header) bytes.insert(bytes.end(), piece.header->begin(), piece.header->end());
      bytes.insert(bytes.end(), piece.payload.begin(), piece.payload.end());
    }
    core.on_written();
    return bytes;
  }
  /// Lends bytes, which must outlive the loan.
  void lend(StreamId id, ByteView bytes) { core.lend(id, {&lent_.emplace_back(bytes), 1}); }
  /// Reads all there is; "<end>" when the stream ended, "<name>" of the error when it failed.
  std::string read(StreamId id) {
    std::string text;
    for (;;) {
      const Result<std::optional<Buffer>> got = core.read(id, SIZE_MAX, now);
      if (!got) return text + "<" + std::string(got.error().name()) + ">";
      if (!got.value()) return text;
      if (got.value()->empty()) return text + "<end>";
      text += as_text(*got.value());
    }
  }
  std::vector<StreamId> opened_by_peer() {
    std::vector<StreamId> ids;
    while (const auto touched = core.next_touched()) {
      if (touched->what & kNew) ids.push_back(touched->stream);
    }
    return ids;
  }

  TimePoint now{std::chrono::hours(1)};
  SessionCore core;

 private:
  std::deque<ByteView> lent_;
};

/// Carries bytes both ways until both are silent.
inline Result<void> exchange(Side& a, Side& b) {
  while (a.core.has_output() || b.core.has_output()) {
    if (const Bytes bytes = a.sent_bytes(); !bytes.empty()) OPW_TRYV(b.feed(bytes));
    if (const Bytes bytes = b.sent_bytes(); !bytes.empty()) OPW_TRYV(a.feed(bytes));
  }
  return {};
}

}  // namespace opwire::yamux::test
