// The client's side of one payload_by_number exchange, without its I/O.
#pragma once

#include "opwire/codec/snappy_frames.hpp"
#include "opwire/opstack/payload/execution_payload.hpp"
#include "opwire/opstack/sync/protocol.hpp"

namespace opwire::opstack {

/// Takes an answer as it arrives. Holds the body as far as it came, kMaxAnswerBody at most, and no more for a peer that
/// declares more.
class AnswerReader {
 public:
  /// The block's time says what layout the answer must have.
  AnswerReader(BlockNumber number, PayloadVersion version) : number_(number), version_(version) {}

  /// Errors, after which nothing more is to be fed: those of the codes (kNotFound, kInvalidRequest, kServerFailed,
  /// kUnknownCode), kUnknownVersion, kWrongVersionForTime, and of codec::snappy::FrameDecoder.
  Result<void> feed(ByteView bytes);

  /// What is in memory of it.
  std::size_t held_bytes() const noexcept { return body_.held_bytes(); }

  /// The answer as it ended, not judged by its hash yet (accept_answer).
  struct Body {
    BlockNumber number;
    PayloadVersion version;
    Bytes ssz;
  };
  /// Errors: kAnswerTooShort, codec kSnappyTruncated.
  Result<Body> finish() &&;

 private:
  Result<void> take_code(std::uint8_t code) const;
  Result<void> take_version(std::uint32_t version) const;

  BlockNumber number_;
  PayloadVersion version_;
  Bytes head_;
  codec::snappy::FrameDecoder body_{kMaxAnswerBody};
};

/// Decodes and hashes: for the CPU pool. Errors: those of decode_ssz, kOtherBlock, kBlockHash.
Result<Envelope> accept_answer(AnswerReader::Body body);

}  // namespace opwire::opstack
