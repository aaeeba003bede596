#include <benchmark/benchmark.h>

#include "opwire/crypto/hash.hpp"

namespace opwire::crypto {
namespace {

void bytes_done(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
}

void Sha256Of(benchmark::State& state) {
  const Bytes data(static_cast<std::size_t>(state.range(0)), 0x5a);
  for (auto _ : state) benchmark::DoNotOptimize(sha256(data));
  bytes_done(state);
}
BENCHMARK(Sha256Of)->Arg(32)->Arg(64)->Arg(532)->Arg(128 << 10);

void HkdfSha256(benchmark::State& state) {
  const Bytes key(32, 0x5a);
  Bytes out(64);
  for (auto _ : state) {
    hkdf_sha256(key, key, {}, out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(HkdfSha256);

}  // namespace
}  // namespace opwire::crypto
