// Frames: any pieces come out whole and in order through any cutting; any bytes from a peer are refused or wait.
// Input: a mode byte, then sizes of pieces (two bytes each), or a frame.
#include <algorithm>
#include <vector>

#include "opwire/base/check.hpp"
#include "opwire/p2p/noise/frames.hpp"

namespace opwire::noise {
namespace {

void round_trip(ByteView sizes) {
  static const Bytes source = [] {
    Bytes bytes(70'000);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 31 + i / 256);
    return bytes;
  }();
  std::vector<ByteView> pieces;
  Bytes expected, got;
  for (; sizes.size() >= 2 && pieces.size() < 16; sizes = sizes.subspan(2)) {
    pieces.push_back(ByteView(source).first(load_be<std::uint16_t>(sizes.data())));
    expected.insert(expected.end(), pieces.back().begin(), pieces.back().end());
  }
  FrameSealer sealer{CipherState(crypto::AeadKey{})};
  FrameOpener opener{CipherState(crypto::AeadKey{})};
  std::span<ByteView> left(pieces);
  Bytes block(128 * 1024);
  while (const std::size_t used = sealer.seal(left, block).value()) {
    for (MutableByteView rest = MutableByteView(block).first(used); !rest.empty();) {
      const auto frame = opener.open(rest).value();
      OPW_CHECK(frame && !frame->text.empty() && frame->text.size() <= kMaxPlaintext);
      got.insert(got.end(), frame->text.begin(), frame->text.end());
      rest = rest.subspan(frame->used);
    }
  }
  OPW_CHECK(got == expected);
}

void refuse(ByteView bytes) {
  FrameOpener opener{CipherState(crypto::AeadKey{1})};
  Bytes copy = to_bytes(bytes);
  const auto frame = opener.open(copy);
  OPW_CHECK(!frame || !*frame);  // nobody guesses a tag
}

}  // namespace
}  // namespace opwire::noise

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const opwire::ByteView bytes(data + 1, size - 1);
  data[0] % 2 == 0 ? opwire::noise::round_trip(bytes) : opwire::noise::refuse(bytes);
  return 0;
}
