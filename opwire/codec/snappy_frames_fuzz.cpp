// Any bytes as a snappy stream: whole and in pieces come to the same, and what came out goes in and out again.
#include "opwire/base/check.hpp"
#include "opwire/codec/snappy_frames.hpp"

namespace {
constexpr std::size_t kLimit = 1 << 18;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace opwire;
  using namespace opwire::codec::snappy;
  const ByteView data(bytes, size);
  const auto whole = decode_frames(data, kLimit);
  FrameDecoder decoder(kLimit);
  bool failed = false;
  for (std::size_t at = 0, step = 1; at < size && !failed; at += step, step = step % 7 + 1) {
    failed = !decoder.feed(data.subspan(at, std::min(step, size - at)));
  }
  const Result<Bytes> in_pieces = failed ? Result<Bytes>(errors::kClosed) : std::move(decoder).finish();
  OPW_CHECK(whole.has_value() == in_pieces.has_value());
  if (whole) {
    OPW_CHECK(*whole == *in_pieces && whole->size() <= kLimit);
    OPW_CHECK(decode_frames(encode_frames(*whole), 2 * kLimit).value() == *whole);
  }
  return 0;
}
