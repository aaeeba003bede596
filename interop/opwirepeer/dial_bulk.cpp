// bulk up and down: one long stream, checked on both sides.
#include "interop/opwirepeer/dial.hpp"
#include "interop/opwirepeer/generator.hpp"
#include "interop/opwirepeer/protocols.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/crypto/hash.hpp"

namespace opwire::interop {
namespace {

Result<Fields> bulk_result(const Meter& meter, std::size_t size, const Hash256& ours, ByteView theirs) {
  if (!equal(ours.view(), theirs)) return errors::kHash;
  Fields fields{{"bytes", size}, {"sha256", codec::to_hex(ours.view())}};
  const double seconds = stop(meter, fields);
  fields["mib_per_second"] = static_cast<double>(size) / (1 << 20) / seconds;
  return fields;
}

Task<Result<Fields>> send_to_sink(Dialer& dialer, Stream& stream) {
  const Meter meter;
  Generator generator(SystemRng().next());
  crypto::Sha256 hash;
  Bytes piece(kPiece);
  for (std::size_t left = dialer.numbers[0]; left > 0;) {
    const MutableByteView next = MutableByteView(piece).first(std::min(left, kPiece));
    generator.fill(next);
    hash.update(next);
    OPW_CO_TRYV(co_await write(stream, next));
    left -= next.size();
  }
  OPW_CO_TRYV(co_await stream.close_write());
  ByteArray<40> answer;
  OPW_CO_TRYV(co_await read_exact(stream, answer));
  OPW_CO_TRYV(co_await expect_end(stream));
  if (load_be<std::uint64_t>(answer.data() + 32) != dialer.numbers[0]) co_return errors::kLength;
  co_return bulk_result(meter, dialer.numbers[0], hash.finish(), ByteView(answer).first(32));
}

Task<Result<Fields>> read_from_source(Dialer& dialer, Stream& stream) {
  const Meter meter;
  const std::uint64_t seed = SystemRng().next();
  ByteArray<16> request;
  store_be<std::uint64_t>(request.data(), dialer.numbers[0]);
  store_be<std::uint64_t>(request.data() + 8, seed);
  OPW_CO_TRYV(co_await write(stream, request));
  OPW_CO_TRYV(co_await stream.close_write());
  Generator generator(seed);
  crypto::Sha256 hash;
  Bytes expected(kPiece);
  for (std::size_t left = dialer.numbers[0]; left > 0;) {
    OPW_CO_TRY(const Buffer got, co_await stream.read(std::min(left, kPiece)));
    if (got.empty()) co_return errors::kLength;
    generator.fill(MutableByteView(expected).first(got.size()));
    if (!equal(got, ByteView(expected).first(got.size()))) co_return errors::kContent;
    hash.update(got);
    left -= got.size();
  }
  ByteArray<32> theirs;
  OPW_CO_TRYV(co_await read_exact(stream, theirs));
  OPW_CO_TRYV(co_await expect_end(stream));
  co_return bulk_result(meter, dialer.numbers[0], hash.finish(), theirs);
}

}  // namespace

Task<Result<Fields>> test_bulk_up(Dialer& dialer) {
  return with_stream(dialer, kSink, send_to_sink);
}
Task<Result<Fields>> test_bulk_down(Dialer& dialer) {
  return with_stream(dialer, kSource, read_from_source);
}

}  // namespace opwire::interop
