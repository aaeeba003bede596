// The yamux frame header (hashicorp/yamux spec.md, framing; libp2p specs, yamux): 12 bytes, big-endian.
//   version 1 | type 1 | flags 2 | stream id 4 | length 4
#pragma once

#include <cstdint>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::yamux {

using StreamId = std::uint32_t;

inline constexpr std::size_t kHeaderSize = 12;
/// The window that each side of a new stream has without being told.
inline constexpr std::uint32_t kInitialWindow = 256 * 1024;

enum class FrameType : std::uint8_t { kData = 0, kWindowUpdate = 1, kPing = 2, kGoAway = 3 };

/// Any combination may stand on a data or window frame; unknown bits are ignored.
enum Flag : std::uint16_t { kSyn = 1, kAck = 2, kFin = 4, kRst = 8 };

enum class GoAwayCode : std::uint32_t { kNormal = 0, kProtocolError = 1, kInternalError = 2 };

struct Header {
  FrameType type = FrameType::kData;
  std::uint16_t flags = 0;
  StreamId stream = 0;
  /// Data: bytes that follow. Window update: the delta, or with kRst an error code. Ping: the value. Go-away: the code.
  std::uint32_t length = 0;

  bool has(Flag flag) const noexcept { return (flags & flag) != 0; }
};

using HeaderBytes = ByteArray<kHeaderSize>;

HeaderBytes encode_header(const Header& header) noexcept;
/// Errors: kBadVersion, kBadType.
Result<Header> parse_header(const HeaderBytes& bytes) noexcept;

}  // namespace opwire::yamux
