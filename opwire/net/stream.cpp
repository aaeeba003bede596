#include "opwire/net/stream.hpp"

namespace opwire {
namespace {
constexpr std::size_t kReadPiece = 64 * 1024;
}  // namespace

Task<Result<Buffer>> Stream::read(std::size_t max) {
  OPW_CO_TRYV(co_await wait_readable());
  Buffer buffer = Buffer::uninitialized(std::min(max, kReadPiece));
  OPW_CO_TRY(const std::size_t size, co_await read_some(buffer.writable()));
  co_return buffer.take_front(size);
}

Task<Result<void>> write(Stream& stream, ByteView bytes) {
  const ByteViews one(&bytes, 1);
  co_return co_await stream.write(one);
}

Task<Result<void>> read_exact(Stream& stream, MutableByteView into) {
  while (!into.empty()) {
    OPW_CO_TRY(const std::size_t size, co_await stream.read_some(into));
    if (size == 0) co_return errors::kEndOfStream;
    into = into.subspan(size);
  }
  co_return Result<void>();
}

Task<Result<Bytes>> read_to_end(Stream& stream, std::size_t limit) {
  Bytes all;
  while (true) {
    OPW_CO_TRY(const Buffer piece, co_await stream.read(kReadPiece));
    if (piece.empty()) co_return all;
    if (piece.size() > limit - all.size()) co_return Error(errors::kLimit, "answer longer than expected");
    all.insert(all.end(), piece.data(), piece.data() + piece.size());
  }
}

}  // namespace opwire
