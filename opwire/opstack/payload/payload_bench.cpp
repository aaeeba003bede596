// The parts of validating a block, at the sizes of a quiet, a usual and a full one. Beside each stands the hashing that
// it cannot avoid.
#include <benchmark/benchmark.h>

#include "opwire/base/allocations_for_test.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/ssz.hpp"

namespace opwire::opstack {
namespace {

Envelope make_block(std::size_t count, std::size_t transaction_size) {
  Envelope envelope;
  envelope.payload.version = PayloadVersion::kV4;
  envelope.payload.number = BlockNumber{26'207'962};
  envelope.payload.base_fee_per_gas.bytes[28] = 1;
  Bytes transaction(transaction_size);
  for (std::size_t i = 0; i < transaction.size(); ++i) transaction[i] = static_cast<std::uint8_t>(i * 167 + i / 256);
  envelope.payload.transactions = TransactionList::make(std::vector<ByteView>(count, transaction)).value();
  return envelope;
}

// Runs work over the block of the benchmark's two arguments, and reports allocations an iteration.
template <class Work>
void run(benchmark::State& state, Work work) {
  const Envelope envelope =
      make_block(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  const SharedBytes ssz(encode_ssz(envelope));
  const std::size_t before = allocation_count;
  for (auto _ : state) benchmark::DoNotOptimize(work(envelope, ssz));
  state.counters["allocations"] =
      benchmark::Counter(static_cast<double>(allocation_count - before), benchmark::Counter::kAvgIterations);
  state.counters["bytes"] = static_cast<double>(ssz.size());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(ssz.size()));
}

void Decode(benchmark::State& state) {
  run(state, [](const Envelope&, const SharedBytes& ssz) { return decode_ssz(PayloadVersion::kV4, ssz); });
}
void Encode(benchmark::State& state) {
  run(state, [](const Envelope& envelope, const SharedBytes&) { return encode_ssz(envelope); });
}
void PayloadHash(benchmark::State& state) {
  run(state, [](const Envelope&, const SharedBytes& ssz) { return payload_hash(ssz.view()); });
}
void KeccakOfEachTransaction(benchmark::State& state) {
  run(state, [](const Envelope& envelope, const SharedBytes&) {
    const TransactionList& transactions = envelope.payload.transactions;
    for (std::size_t i = 0; i < transactions.size(); ++i) benchmark::DoNotOptimize(crypto::keccak256(transactions[i]));
    return 0;
  });
}
void TransactionsRoot(benchmark::State& state) {
  run(state,
      [](const Envelope& envelope, const SharedBytes&) { return transactions_root(envelope.payload.transactions); });
}
void BlockHash(benchmark::State& state) {
  run(state, [](const Envelope& envelope, const SharedBytes&) { return block_hash(envelope); });
}

void BothHashes(benchmark::State& state) {
  run(state, [](const Envelope& envelope, const SharedBytes& ssz) { return block_hashes(envelope, ssz.view()); });
}

void block_sizes(benchmark::internal::Benchmark* bench) {
  bench->Args({0, 0})->Args({5, 400})->Args({41, 730})->Args({101, 1280});
}
BENCHMARK(Decode)->Apply(block_sizes);
BENCHMARK(Encode)->Apply(block_sizes);
BENCHMARK(PayloadHash)->Apply(block_sizes);
BENCHMARK(KeccakOfEachTransaction)->Apply(block_sizes);
BENCHMARK(TransactionsRoot)->Apply(block_sizes);
BENCHMARK(BlockHash)->Apply(block_sizes);
BENCHMARK(BothHashes)->Apply(block_sizes);

}  // namespace
}  // namespace opwire::opstack
