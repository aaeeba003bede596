#include "opwire/codec/hex.hpp"

#include <benchmark/benchmark.h>

namespace opwire::codec {
namespace {

constexpr std::size_t kSize = 128 << 10;  // a block's transactions in Engine-API JSON

void ToHex(benchmark::State& state) {
  const Bytes bytes(kSize, 0x5a);
  for (auto _ : state) benchmark::DoNotOptimize(to_hex0x(bytes));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kSize));
}
BENCHMARK(ToHex);

void FromHex(benchmark::State& state) {
  const std::string text = to_hex0x(Bytes(kSize, 0x5a));
  for (auto _ : state) benchmark::DoNotOptimize(from_hex(text));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kSize));
}
BENCHMARK(FromHex);

}  // namespace
}  // namespace opwire::codec
