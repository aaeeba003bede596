#include "opwire/codec/snappy_frames.hpp"

#include <algorithm>

#include "opwire/codec/crc32c.hpp"
#include "opwire/codec/errors.hpp"
#include "opwire/codec/snappy.hpp"

namespace opwire::codec::snappy {
namespace {

constexpr std::size_t kHeader = 4;  // type, and the length in three bytes
constexpr std::size_t kChecksum = 4;
// 65,536 plain bytes compress to no more than this (snappy's bound); Go's reader refuses longer chunks of any type.
constexpr std::size_t kMaxBody = kChecksum + 76'490;

constexpr std::uint8_t kCompressed = 0x00;
constexpr std::uint8_t kUncompressed = 0x01;
constexpr std::uint8_t kFirstSkippable = 0x80;
constexpr std::uint8_t kIdentifier = 0xff;
constexpr std::string_view kIdentifierBody = "sNaPpY";

std::uint32_t masked_checksum(ByteView plain) noexcept {
  const std::uint32_t crc = crc32c(plain);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

void append_header(std::uint8_t type, std::size_t size, Bytes& out) {
  for (const std::size_t value : {std::size_t{type}, size, size >> 8, size >> 16}) {
    out.push_back(static_cast<std::uint8_t>(value));
  }
}

void append(ByteView bytes, Bytes& out) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

void append_stream_identifier(Bytes& out) {
  append_header(kIdentifier, kIdentifierBody.size(), out);
  append(as_bytes(kIdentifierBody), out);
}

void append_chunk(ByteView plain, Bytes& out) {
  OPW_CHECK(plain.size() <= kMaxChunkPlain);
  const Bytes packed = compress(plain);
  // As Go does: what saves less than an eighth is not worth the reader's time.
  const bool pays = packed.size() < plain.size() - plain.size() / 8;
  const ByteView body = pays ? ByteView(packed) : plain;
  append_header(pays ? kCompressed : kUncompressed, kChecksum + body.size(), out);
  ByteArray<kChecksum> checksum;
  store_le<std::uint32_t>(checksum.data(), masked_checksum(plain));
  append(checksum, out);
  append(body, out);
}

Bytes encode_frames(ByteView plain) {
  Bytes out;
  append_stream_identifier(out);
  for (; !plain.empty(); plain = plain.subspan(std::min(plain.size(), kMaxChunkPlain))) {
    append_chunk(plain.first(std::min(plain.size(), kMaxChunkPlain)), out);
  }
  return out;
}

Result<void> FrameDecoder::feed(ByteView bytes) {
  if (bytes.size() > limit_ - fed_) return errors::kSnappyTooLarge;
  fed_ += bytes.size();
  while (!bytes.empty()) {
    const std::size_t whole = wanted_ == 0 ? kHeader : wanted_;
    const ByteView taken = bytes.first(std::min(bytes.size(), whole - chunk_.size()));
    append(taken, chunk_);
    bytes = bytes.subspan(taken.size());
    if (chunk_.size() < whole) break;
    if (wanted_ == 0) {
      OPW_TRYV(take_header());
      if (wanted_ > kHeader) continue;
    }
    OPW_TRYV(take_chunk(chunk_[0], ByteView(chunk_).subspan(kHeader)));
    chunk_.clear();
    wanted_ = 0;
  }
  return {};
}

Result<void> FrameDecoder::take_header() {
  const std::size_t size = std::size_t{chunk_[1]} | std::size_t{chunk_[2]} << 8 | std::size_t{chunk_[3]} << 16;
  if (!identified_ && chunk_[0] != kIdentifier) return Error(errors::kSnappyFrame, "stream identifier");
  if (size > kMaxBody) return Error(errors::kSnappyFrame, "chunk length");
  wanted_ = kHeader + size;
  return {};
}

Result<void> FrameDecoder::take_chunk(std::uint8_t type, ByteView body) {
  if (type == kCompressed || type == kUncompressed) return take_data(type == kCompressed, body);
  if (type == kIdentifier) {
    if (as_text(body) != kIdentifierBody) return Error(errors::kSnappyFrame, "stream identifier");
    identified_ = true;
    return {};
  }
  if (type < kFirstSkippable) return Error(errors::kSnappyFrame, "chunk type");
  return {};
}

Result<void> FrameDecoder::take_data(bool compressed, ByteView body) {
  if (body.size() < kChecksum) return Error(errors::kSnappyFrame, "checksum");
  const auto expected = load_le<std::uint32_t>(body.data());
  ByteView plain = body.subspan(kChecksum);
  Bytes unpacked;
  if (compressed) {
    OPW_TRY(unpacked, decompress(plain, kMaxChunkPlain));
    plain = unpacked;
  }
  if (plain.size() > kMaxChunkPlain) return Error(errors::kSnappyFrame, "chunk length");
  if (masked_checksum(plain) != expected) return errors::kSnappyChecksum;
  if (plain.size() > limit_ - plain_.size()) return errors::kSnappyTooLarge;
  append(plain, plain_);
  return {};
}

Result<Bytes> FrameDecoder::finish() && {
  if (!chunk_.empty()) return errors::kSnappyTruncated;
  return std::move(plain_);
}

Result<Bytes> decode_frames(ByteView framed, std::size_t limit) {
  FrameDecoder decoder(limit);
  OPW_TRYV(decoder.feed(framed));
  return std::move(decoder).finish();
}

}  // namespace opwire::codec::snappy
