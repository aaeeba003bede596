// What a full table costs: who is nearest, what a FINDNODE of three distances gets, a newcomer that is known or has to
// wait, and the idle question of when the next check is.
#include <benchmark/benchmark.h>

#include "opwire/discv5/distance.hpp"
#include "opwire/discv5/records_for_test.hpp"
#include "opwire/discv5/table.hpp"

namespace opwire::discv5 {
namespace {

constexpr unsigned kNodes = 4000;

const std::vector<Contact>& contacts() {
  static const auto made = [] {
    std::vector<Contact> all;
    for (unsigned i = 0; i < kNodes; ++i) {
      const ByteArray<4> ip{52, static_cast<std::uint8_t>(i / 256), static_cast<std::uint8_t>(i % 256), 1};
      all.push_back(test::contact_at(net::Endpoint(ip, 9), i));
    }
    return all;
  }();
  return made;
}

struct Bench {
  Bench() {
    for (const Contact& contact : contacts()) {
      if (table.add(contact, now) == Table::Added::kNew) table.on_answer(contact.id, contact.endpoint, now);
    }
  }
  TimePoint now{std::chrono::hours(1)};
  SystemRng rng;
  Table table{test::contact_at("53.0.0.1", 9, kNodes).id, TableOptions(), rng};
};

void closest(benchmark::State& state) {
  const Bench bench;
  std::size_t i = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(bench.table.closest(contacts()[i++ % kNodes].id, 16, state.range(0) != 0));
  state.counters["nodes"] = static_cast<double>(bench.table.size());
}
BENCHMARK(closest)->Arg(0)->Arg(1);

void at_distances(benchmark::State& state) {
  Bench bench;
  const std::vector<std::uint16_t> distances{256, 255, 254};
  const ByteArray<4> asker{8, 8, 8, 8};
  for (auto _ : state) benchmark::DoNotOptimize(bench.table.at_distances(distances, 16, asker));
}
BENCHMARK(at_distances);

void add(benchmark::State& state) {
  Bench bench;
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(bench.table.add(contacts()[i++ % kNodes], bench.now));
}
BENCHMARK(add);

void answer_and_next_check_time(benchmark::State& state) {
  Bench bench;
  const auto all = bench.table.all();
  std::size_t i = 0;
  for (auto _ : state) {
    const Contact& contact = all[i++ % all.size()];
    bench.table.on_answer(contact.id, contact.endpoint, bench.now);
    benchmark::DoNotOptimize(bench.table.next_check_time());
  }
}
BENCHMARK(answer_and_next_check_time);

}  // namespace
}  // namespace opwire::discv5
