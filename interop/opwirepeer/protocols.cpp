#include "interop/opwirepeer/protocols.hpp"

#include <algorithm>

#include "interop/common/events.hpp"
#include "interop/opwirepeer/generator.hpp"
#include "opwire/base/log.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/crypto/hash.hpp"

namespace opwire::interop {
namespace {

constexpr log::Logger kLog{"interop"};

void report(const char* event, const PeerId& peer, std::uint64_t size, const Hash256& digest) {
  emit(event, {{"peer", peer.to_string()}, {"bytes", size}, {"sha256", codec::to_hex(digest.view())}});
}

Task<Result<void>> echo(PeerStream& stream) {
  while (true) {
    OPW_CO_TRY(const Buffer piece, co_await stream->read(kPiece));
    if (piece.empty()) break;
    OPW_CO_TRYV(co_await write(*stream, piece));
  }
  co_return co_await stream->close_write();
}

Task<Result<void>> sink(PeerStream& stream) {
  crypto::Sha256 hash;
  std::uint64_t size = 0;
  while (true) {
    OPW_CO_TRY(const Buffer piece, co_await stream->read(kPiece));
    if (piece.empty()) break;
    hash.update(piece);
    size += piece.size();
  }
  const Hash256 digest = hash.finish();
  ByteArray<40> answer;
  std::copy_n(digest.bytes.begin(), digest.bytes.size(), answer.begin());
  store_be(answer.data() + digest.bytes.size(), size);
  OPW_CO_TRYV(co_await write(*stream, answer));
  report("sink", stream.peer(), size, digest);
  co_return co_await stream->close_write();
}

Task<Result<void>> source(PeerStream& stream) {
  ByteArray<16> request;
  OPW_CO_TRYV(co_await read_exact(*stream, request));
  const auto size = load_be<std::uint64_t>(request.data());
  Generator generator(load_be<std::uint64_t>(request.data() + 8));
  crypto::Sha256 hash;
  Bytes piece(kPiece);
  for (std::uint64_t left = size; left > 0;) {
    const MutableByteView next = MutableByteView(piece).first(std::min<std::uint64_t>(left, kPiece));
    generator.fill(next);
    hash.update(next);
    OPW_CO_TRYV(co_await write(*stream, next));
    left -= next.size();
  }
  const Hash256 digest = hash.finish();
  OPW_CO_TRYV(co_await write(*stream, digest.view()));
  report("source", stream.peer(), size, digest);
  OPW_CO_TRYV(co_await stream->close_write());
  co_return co_await expect_end(*stream);
}

using Answer = Task<Result<void>> (*)(PeerStream&);

Task<void> serve(PeerStream stream, Answer answer) {
  const Result<void> done = co_await answer(stream);
  if (done) co_return;
  kLog.debug("a stream was not served", {{"protocol", stream.protocol()}, {"error", done.error()}});
  stream->reset();
}

}  // namespace

void serve_protocols(Host& host) {
  const std::pair<const char*, Answer> all[] = {{kEcho, echo}, {kSink, sink}, {kSource, source}};
  for (const auto& [protocol, served_by] : all) {
    host.set_stream_handler(protocol,
                            [answer = served_by](PeerStream stream) { return serve(std::move(stream), answer); });
  }
}

Task<Result<void>> expect_end(Stream& stream) {
  ByteArray<1> extra;
  OPW_CO_TRY(const std::size_t got, co_await stream.read_some(extra));
  if (got != 0) co_return errors::kContent;
  co_return Result<void>();
}

}  // namespace opwire::interop
