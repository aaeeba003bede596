// On the disk that holds the temporary files. OPWIRE_BENCH_RECORDS records of 10 KiB (default 20,000) are written once.
#include <benchmark/benchmark.h>

#include <iterator>
#include <random>

#include "opwire/store/payloads_for_test.hpp"

using namespace opwire;

namespace {

constexpr std::size_t kBody = 10 << 10;
const std::filesystem::path kDisk = std::filesystem::temp_directory_path();

std::uint64_t records() {
  // lint: allow(getenv): how large a benchmark is to be, from whoever runs it
  const char* const text = std::getenv("OPWIRE_BENCH_RECORDS");
  return text == nullptr ? 20'000 : std::strtoull(text, nullptr, 10);
}

store::ArchivedPayload payload(std::uint64_t number) {
  return store::test::payload(number, store::PayloadKind::kSigned, 0, kBody);
}

struct World {
  World() : options(folder / "archive", ChainId{10}) {
    options.bounds.max_count = ~std::uint64_t{0};
    options.bounds.max_bytes = std::uint64_t{64} << 30;
    options.bounds.max_age = std::chrono::days(36'500);
    open();
  }
  ~World() { loop.run(archive->close()); }
  void open() { archive = loop.run(store::PayloadArchive::open(loop, pool, options)).value(); }
  void put(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      archive->put(payload(next++));
      if (i % 64 == 63 || i + 1 == count) OPW_CHECK(loop.run(archive->flush()).has_value());
    }
  }
  store::test::Folder folder{kDisk};
  SimulatedLoop loop;
  WorkerPool pool{0};
  store::PayloadArchiveOptions options;
  std::unique_ptr<store::PayloadArchive> archive;
  std::uint64_t next = 0;
};

// Made once, since it takes long.
World& filled() {
  static World world;
  if (world.next == 0) world.put(records());
  return world;
}

void put_and_flush(benchmark::State& state) {
  World world;
  const auto together = static_cast<std::uint64_t>(state.range(0));
  for (auto _ : state) world.put(together);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(put_and_flush)->Arg(1)->Arg(64)->Unit(benchmark::kMillisecond);

void by_number(benchmark::State& state) {
  World& world = filled();
  std::minstd_rand random(1);
  for (auto _ : state) {
    const BlockNumber number{random() % records()};
    OPW_CHECK(world.loop.run(world.archive->by_number(number))->has_value());
  }
}
BENCHMARK(by_number)->Unit(benchmark::kMicrosecond);

void by_hash(benchmark::State& state) {
  World& world = filled();
  std::minstd_rand random(2);
  for (auto _ : state) {
    const Hash256 hash = store::test::block_hash(random() % records());
    OPW_CHECK(world.loop.run(world.archive->by_hash(hash))->has_value());
  }
}
BENCHMARK(by_hash)->Unit(benchmark::kMicrosecond);

void close_and_open(benchmark::State& state) {
  World& world = filled();
  for (auto _ : state) {
    world.loop.run(world.archive->close());
    world.open();
    OPW_CHECK(world.archive->status().stored.count == records());
  }
}
BENCHMARK(close_and_open)->Unit(benchmark::kMillisecond);

// 64 come, and 64 of the oldest go.
void put_and_erase(benchmark::State& state) {
  World& world = filled();
  world.loop.run(world.archive->close());
  world.options.bounds.max_count = records();
  world.open();
  for (auto _ : state) world.put(64);
  state.counters["erased"] = static_cast<double>(world.archive->status().erased);
  state.SetItemsProcessed(state.iterations() * 64);
}
BENCHMARK(put_and_erase)->Unit(benchmark::kMillisecond);

}  // namespace
