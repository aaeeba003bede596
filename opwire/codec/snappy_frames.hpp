// Snappy's framing format: chunks with checksums, for streams. The body of payload_by_number's answers, and how the
// archive keeps payloads. (google/snappy, framing_format.txt; what is taken is what Go's reader takes.)
#pragma once

#include <cstddef>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::codec::snappy {

/// Plain bytes in one chunk, at most.
inline constexpr std::size_t kMaxChunkPlain = 65'536;

/// The whole stream.
Bytes encode_frames(ByteView plain);
/// A stream in pieces: the identifier first, then chunks of at most kMaxChunkPlain plain bytes, appended to out.
void append_stream_identifier(Bytes& out);
void append_chunk(ByteView plain, Bytes& out);

/// Takes a stream as it arrives. Holds what is plain so far, and at most one chunk that is not whole yet.
class FrameDecoder {
 public:
  /// limit: of the plain bytes, and of those that are fed.
  explicit FrameDecoder(std::size_t limit) noexcept : limit_(limit) {}

  /// Errors, after which nothing more is to be fed: kSnappyFrame, kSnappyChecksum, kSnappyCorrupt, kSnappyTooLarge (the
  /// limit).
  Result<void> feed(ByteView bytes);
  /// What is in memory: the plain bytes so far, and the chunk under way.
  std::size_t held_bytes() const noexcept { return plain_.size() + chunk_.size(); }
  /// All that was plain. Errors: kSnappyTruncated (the stream ends inside a chunk).
  Result<Bytes> finish() &&;

 private:
  Result<void> take_header();
  Result<void> take_chunk(std::uint8_t type, ByteView body);
  Result<void> take_data(bool compressed, ByteView body);

  std::size_t limit_;
  std::size_t fed_ = 0;
  std::size_t wanted_ = 0;  ///< of the chunk under way, with its header; 0: the header is not whole
  bool identified_ = false;
  Bytes chunk_;
  Bytes plain_;
};

/// The whole stream at once. Errors: FrameDecoder's.
Result<Bytes> decode_frames(ByteView framed, std::size_t limit);

}  // namespace opwire::codec::snappy
