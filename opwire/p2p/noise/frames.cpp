#include "opwire/p2p/noise/frames.hpp"

#include <algorithm>

#include "opwire/p2p/noise/errors.hpp"

namespace opwire::noise {

std::size_t FrameSealer::cut(std::span<ByteView>& pieces) {
  parts_.clear();
  std::size_t size = 0;
  while (!pieces.empty() && size < kMaxPlaintext) {
    ByteView& piece = pieces.front();
    const std::size_t room = kMaxPlaintext - size;
    if (piece.size() > room && piece.size() <= kMaxPlaintext) break;
    const std::size_t taken = std::min(piece.size(), room);
    if (taken > 0) parts_.push_back(piece.first(taken));
    size += taken;
    piece = piece.subspan(taken);
    if (piece.empty()) pieces = pieces.subspan(1);
  }
  return size;
}

Result<std::size_t> FrameSealer::seal(std::span<ByteView>& pieces, MutableByteView out) {
  std::size_t left = 0;
  for (const ByteView piece : pieces) left += piece.size();
  std::size_t used = 0;
  while (left > 0 && out.size() - used >= std::min(left, kMaxPlaintext) + kFrameOverhead) {
    const std::size_t size = cut(pieces);
    store_be(&out[used], static_cast<std::uint16_t>(size + kTagSize));
    OPW_TRYV(cipher_.seal({}, parts_, out.subspan(used + kLengthSize, size + kTagSize)));
    used += size + kFrameOverhead;
    left -= size;
  }
  return used;
}

Result<std::optional<FrameOpener::Opened>> FrameOpener::open(MutableByteView data) {
  if (data.size() < kLengthSize) return std::optional<Opened>();
  const std::size_t length = load_be<std::uint16_t>(data.data());
  if (length < kTagSize) return errors::kFrameTooShort;
  if (data.size() < kLengthSize + length) return std::optional<Opened>();
  OPW_TRY(const MutableByteView text, cipher_.open({}, data.subspan(kLengthSize, length)));
  return std::optional(Opened{text, kLengthSize + length});
}

}  // namespace opwire::noise
