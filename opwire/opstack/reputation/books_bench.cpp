// A hundred thousand peers: what it takes to begin with their records, and what each second costs then.
#include <benchmark/benchmark.h>

#include <optional>

#include "opwire/opstack/reputation/app_score.hpp"
#include "opwire/opstack/reputation/ban_book.hpp"
#include "opwire/opstack/reputation/peers_for_test.hpp"

namespace opwire::opstack::reputation {
namespace {

constexpr std::uint32_t kPeers = 100'000;

PeerScores busy_scores(std::uint32_t number) {
  PeerScores scores;
  scores.gossip = {-0.37 * number, {12.5 * number, 3.25, 0.123456789, 2}, 4, 0.5};
  scores.req_resp = {9.261187281287935, 1, 0.0123456789};
  return scores;
}

std::vector<Change> written(Journal& journal) {
  return journal.take_changes(kPeers);
}

void load_score_book(benchmark::State& state) {
  Journal journal;
  ScoreBook full({}, &journal);
  for (std::uint32_t i = 0; i < kPeers; ++i) {
    full.update(peer(i), at(i % 600), [i](PeerScores& scores) { scores = busy_scores(i); });
  }
  const std::vector<Change> records = written(journal);
  for (auto _ : state) {
    std::optional<ScoreBook> book;
    book.emplace(ScoreBookOptions{});
    for (const Change& record : records) benchmark::DoNotOptimize(book->load(record.key, record.now->value, at(600)));
    if (book->size() != kPeers) state.SkipWithError("records were refused");
    state.PauseTiming();
    book.reset();
    state.ResumeTiming();
  }
}
BENCHMARK(load_score_book)->Unit(benchmark::kMillisecond);

void load_ban_book(benchmark::State& state) {
  constexpr BanBookOptions kOptions{.max_peers = kPeers, .max_ips = 1};
  Journal journal;
  BanBook full(kOptions, &journal);
  for (std::uint32_t i = 0; i < kPeers; ++i) {
    full.peers.ban(peer(i), at(3600 + i % 600), "score -101.5 is below -100", busy_scores(i), at(0));
  }
  const std::vector<Change> records = written(journal);
  for (auto _ : state) {
    std::optional<BanBook> book;
    book.emplace(kOptions);
    for (const Change& record : records) {
      benchmark::DoNotOptimize(book->peers.load(record.key, record.now->value, at(600)));
    }
    if (book->peers.size() != kPeers) state.SkipWithError("records were refused");
    state.PauseTiming();
    book.reset();
    state.ResumeTiming();
  }
}
BENCHMARK(load_ban_book)->Unit(benchmark::kMillisecond);

/// A snapshot of gossipsub's of 300 peers, in a book that is full.
void snapshot(benchmark::State& state) {
  Journal journal;
  ScoreBook book({}, &journal);
  for (std::uint32_t i = 0; i < kPeers; ++i) book.set_gossip(peer(i), busy_scores(i).gossip, at(0));
  std::uint64_t second = 0;
  for (auto _ : state) {
    ++second;
    for (std::uint32_t i = 0; i < 300; ++i) book.set_gossip(peer(i * 7), busy_scores(i).gossip, at(second));
    benchmark::DoNotOptimize(journal.take_changes(300));
  }
}
BENCHMARK(snapshot)->Unit(benchmark::kMicrosecond);

void app_score(benchmark::State& state) {
  ScoreBook book({});
  AppScore scores(AppScore::Mode::kLight, book);
  for (std::uint32_t i = 0; i < kPeers; ++i) book.set_gossip(peer(i), busy_scores(i).gossip, at(0));
  std::uint32_t which = 0;
  for (auto _ : state) benchmark::DoNotOptimize(scores.value(peer(which = (which + 7919) % kPeers), at(1)));
}
BENCHMARK(app_score);

}  // namespace
}  // namespace opwire::opstack::reputation
