#include <benchmark/benchmark.h>

#include "opwire/base/rng.hpp"
#include "opwire/codec/snappy.hpp"

namespace opwire::codec::snappy {
namespace {

constexpr std::size_t kSize = 128 << 10;
constexpr std::size_t kBuffers = 64;  // different ones, as in a network: one alone is learnt by the branch predictor

// Runs of zeros between random words, about as compressible as a block's transactions.
std::vector<Bytes> make_payloads() {
  SeededRng rng(1);
  std::vector<Bytes> payloads(kBuffers, Bytes(kSize));
  for (Bytes& payload : payloads) {
    for (std::size_t at = 0; at < kSize;) {
      const std::size_t filled = std::min<std::size_t>(20 + rng.below(45), kSize - at);
      rng.fill(MutableByteView(payload).subspan(at, filled));
      at += filled + rng.below(60);
    }
  }
  return payloads;
}

void Compress(benchmark::State& state) {
  const auto payloads = make_payloads();
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(compress(payloads[i++ % kBuffers]));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kSize));
}
BENCHMARK(Compress);

void Decompress(benchmark::State& state) {
  std::vector<Bytes> packed;
  for (const Bytes& payload : make_payloads()) packed.push_back(compress(payload));
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(decompress(packed[i++ % kBuffers], kSize));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kSize));
}
BENCHMARK(Decompress);

}  // namespace
}  // namespace opwire::codec::snappy
