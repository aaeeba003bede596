// Each kernel that the machine has.
#include <benchmark/benchmark.h>

#include <string>

#include "opwire/crypto/keccak_batch.hpp"
#include "opwire/crypto/keccak_kernels.hpp"

namespace opwire::crypto {
namespace {

using keccak::Kernel;

void hashed(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void one_message(benchmark::State& state, const Kernel* kernel) {
  use_kernel(*kernel);
  const Bytes data(static_cast<std::size_t>(state.range(0)), 0x5a);
  for (auto _ : state) benchmark::DoNotOptimize(keccak256(data));
  hashed(state, data.size());
}

struct Messages {
  // sizes alternate between a half and three halves of the mean: lanes end at different times.
  Messages(std::size_t count, std::size_t mean) : data(mean * 2, 0x5a), digests(count), messages(count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t size = i % 2 == 0 ? mean / 2 : mean * 3 / 2;
      messages[i] = {ByteView(data).first(3), ByteView(data).subspan(i, size), &digests[i]};
      bytes += size + 3;
    }
  }
  Bytes data;
  std::vector<Hash256> digests;
  std::vector<Keccak256Batch::Message> messages;
  std::size_t bytes = 0;
};

void batch(benchmark::State& state, const Kernel* kernel) {
  use_kernel(*kernel);
  const Messages messages(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  for (auto _ : state) {
    Keccak256Batch().run(messages.messages);
    benchmark::DoNotOptimize(messages.digests.data());
  }
  hashed(state, messages.bytes);
}

void batch_beside_a_long_message(benchmark::State& state, const Kernel* kernel) {
  use_kernel(*kernel);
  const Messages messages(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  const Bytes beside(messages.bytes, 0x5a);
  for (auto _ : state) {
    Keccak256Batch hash(beside);
    hash.run(messages.messages);
    benchmark::DoNotOptimize(hash.finish_beside());
  }
  hashed(state, messages.bytes + beside.size());
}

const bool kRegistered = [] {
  const auto add = [](const std::string& name, auto work, const Kernel& kernel) {
    return benchmark::RegisterBenchmark((name + std::string(kernel.name)).c_str(), work, &kernel);
  };
  for (const Kernel& kernel : keccak::kernels_here()) {
    add("Keccak256/", one_message, kernel)->Arg(32)->Arg(532)->Arg(128 << 10);
    add("Keccak256Batch/", batch, kernel)->Args({5, 369})->Args({41, 724})->Args({101, 1267})->Args({16, 100});
    add("Keccak256Beside/", batch_beside_a_long_message, kernel)->Args({5, 369})->Args({41, 724})->Args({101, 1267});
  }
  return true;
}();

}  // namespace
}  // namespace opwire::crypto
