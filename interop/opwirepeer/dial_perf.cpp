// perf up, down and latency, on one stream.
#include "interop/opwirepeer/dial.hpp"
#include "interop/opwirepeer/protocols.hpp"
#include "opwire/p2p/perf/perf.hpp"

namespace opwire::interop {
namespace {

Task<Result<Fields>> transfer(Stream& stream, std::uint64_t upload, std::uint64_t download) {
  const Meter meter;
  OPW_CO_TRYV(co_await perf::transfer(stream, upload, download));
  Fields fields{{"bytes", upload + download}};
  const double seconds = stop(meter, fields);
  fields["mib_per_second"] = static_cast<double>(upload + download) / (1 << 20) / seconds;
  co_return fields;
}

Task<Result<Fields>> upload(Dialer& dialer, Stream& stream) {
  return transfer(stream, dialer.numbers[0], 0);
}
Task<Result<Fields>> download(Dialer& dialer, Stream& stream) {
  return transfer(stream, 0, dialer.numbers[0]);
}

Task<Result<Fields>> round_trips(Dialer& dialer, Stream& stream) {
  constexpr std::size_t kWarmUp = 100;
  std::vector<Duration> samples;
  samples.reserve(dialer.numbers[0]);
  Meter meter;
  for (std::size_t i = 0; i < kWarmUp + dialer.numbers[0]; ++i) {
    if (i == kWarmUp) meter = Meter();
    const TimePoint start = dialer.loop.now();
    const ByteArray<1> sent{static_cast<std::uint8_t>(i)};
    ByteArray<1> received;
    OPW_CO_TRYV(co_await write(stream, sent));
    OPW_CO_TRYV(co_await read_exact(stream, received));
    if (received != sent) co_return errors::kContent;
    if (i >= kWarmUp) samples.push_back(dialer.loop.now() - start);
  }
  Fields fields{{"count", samples.size()}};
  stop(meter, fields);
  add_latencies(std::move(samples), fields);
  co_return fields;
}

}  // namespace

Task<Result<Fields>> test_perf_up(Dialer& dialer) {
  return with_stream(dialer, perf::kProtocol, upload);
}
Task<Result<Fields>> test_perf_down(Dialer& dialer) {
  return with_stream(dialer, perf::kProtocol, download);
}
Task<Result<Fields>> test_perf_latency(Dialer& dialer) {
  return with_stream(dialer, kEcho, round_trips);
}

}  // namespace opwire::interop
