#include <benchmark/benchmark.h>

#include "opwire/crypto/aead.hpp"

namespace opwire::crypto {
namespace {

constexpr std::size_t kYamuxHeader = 12;

void bytes_done(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
}

void Seal(benchmark::State& state) {
  ChaCha20Poly1305 cipher(AeadKey{1});
  const Bytes text(static_cast<std::size_t>(state.range(0)), 0x5a);
  const ByteView piece = text;
  Bytes out(text.size() + kAeadTagSize);
  for (auto _ : state) cipher.seal({}, {}, {&piece, 1}, out);
  bytes_done(state);
}
BENCHMARK(Seal)->Arg(32)->Arg(1024)->Arg(4000)->Arg(16384)->Arg(65408)->Arg(65519);

void SealHeaderAndPayload(benchmark::State& state) {
  ChaCha20Poly1305 cipher(AeadKey{1});
  const Bytes text(static_cast<std::size_t>(state.range(0)), 0x5a);
  const ByteView whole = text;
  const ByteView pieces[] = {whole.first(kYamuxHeader), whole.subspan(kYamuxHeader)};
  Bytes out(text.size() + kAeadTagSize);
  for (auto _ : state) cipher.seal({}, {}, pieces, out);
  bytes_done(state);
}
BENCHMARK(SealHeaderAndPayload)->Arg(32)->Arg(1024)->Arg(4000)->Arg(16384)->Arg(65519);

// Opening destroys what it opens; a failed open decrypts and authenticates all the same.
void Open(benchmark::State& state) {
  ChaCha20Poly1305 cipher(AeadKey{1});
  Bytes data(static_cast<std::size_t>(state.range(0)) + kAeadTagSize, 0x5a);
  for (auto _ : state) benchmark::DoNotOptimize(cipher.open({}, {}, data));
  bytes_done(state);
}
BENCHMARK(Open)->Arg(32)->Arg(1024)->Arg(16384)->Arg(65519);

}  // namespace
}  // namespace opwire::crypto
