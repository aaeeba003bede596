#include "opwire/p2p/perf/perf.hpp"

namespace opwire::perf {
namespace {

// Whole frames of yamux, several to a system call.
constexpr std::size_t kPiece = 4 * 65'396;

Task<Result<void>> send_zeros(Stream& stream, std::uint64_t count) {
  const Bytes zeros(std::min<std::uint64_t>(count, kPiece));
  while (count > 0) {
    const std::size_t size = std::min<std::uint64_t>(count, zeros.size());
    OPW_CO_TRYV(co_await write(stream, ByteView(zeros).first(size)));
    count -= size;
  }
  co_return Result<void>();
}

// Reads to the end and counts.
Task<Result<std::uint64_t>> count_to_end(Stream& stream) {
  std::uint64_t count = 0;
  while (true) {
    OPW_CO_TRY(const Buffer piece, co_await stream.read(kPiece));
    if (piece.empty()) co_return count;
    count += piece.size();
  }
}

Task<Result<void>> answer(Stream& stream) {
  ByteArray<8> wanted;
  OPW_CO_TRYV(co_await read_exact(stream, wanted));
  OPW_CO_TRY(const std::uint64_t uploaded, co_await count_to_end(stream));
  (void)uploaded;
  OPW_CO_TRYV(co_await send_zeros(stream, load_be<std::uint64_t>(wanted.data())));
  co_return co_await stream.close_write();
}

Task<void> serve(PeerStream stream) {
  const Result<void> served = co_await answer(*stream);
  if (!served) stream->reset();
}

}  // namespace

Service::Service(Network& network) : network_(network) {
  network_.set_stream_handler(kProtocol, serve);
}
Service::~Service() {
  network_.remove_stream_handler(kProtocol);
}

Task<Result<void>> transfer(Stream& stream, std::uint64_t upload, std::uint64_t download) {
  ByteArray<8> wanted;
  store_be<std::uint64_t>(wanted.data(), download);
  OPW_CO_TRYV(co_await write(stream, wanted));
  OPW_CO_TRYV(co_await send_zeros(stream, upload));
  OPW_CO_TRYV(co_await stream.close_write());
  OPW_CO_TRY(const std::uint64_t got, co_await count_to_end(stream));
  if (got != download) co_return opwire::errors::kEndOfStream;
  co_return Result<void>();
}

}  // namespace opwire::perf
