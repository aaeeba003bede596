// A hundred thousand peers on the disk: what it takes to begin with them, with the file, and for how long the loop is
// held up.
#include <benchmark/benchmark.h>

#include <algorithm>

#include "opwire/node/peer_books.hpp"
#include "opwire/p2p/swarm/memory_peer_store.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/store/folder_for_test.hpp"

namespace opwire::node {
namespace {

constexpr std::uint32_t kPeers = 100'000;

PeerBooksSize for_all() {
  PeerBooksSize size;
  size.bans.max_peers = kPeers;
  size.known = kPeers;
  size.bytes = std::uint64_t{512} << 20;
  return size;
}

swarm::PeerStoreOptions store_for_all() {
  swarm::PeerStoreOptions options;
  options.max_peers = kPeers;
  return options;
}

/// As long as the id of a secp256k1 key.
PeerId peer(std::uint32_t number) {
  Bytes id{0x00, 0x25, 0x08, 0x02, 0x12, 0x21};
  id.resize(39, 7);
  store_be(id.data() + 35, number);
  return PeerId::parse(id).value();
}

void fill(PeerBooks& books, PeerStore& store, std::uint32_t number, WallTime now) {
  const opstack::reputation::GossipScores gossip{-0.37 * number, {12.5 * number, 3.25, 0.123456789, 2}, 4, 0.5};
  books.scores().set_gossip(peer(number), gossip, now);
  books.bans().peers.ban(peer(number), now + std::chrono::hours(1), "score -101.5 is below -100",
                         books.scores().get(peer(number), now), now);
  const Multiaddr address = Multiaddr::parse_text("/ip4/1.2.3.4/tcp/9222").value();
  store.add_addresses(peer(number), {address}, std::chrono::hours(24));
  store.set_agent(peer(number), "optimism");
}

Task<void> fill(PeerBooks& books, PeerStore& store, WallTime now) {
  for (std::uint32_t i = 0; i < kPeers; ++i) {
    fill(books, store, i, now);
    if (i % 10'000 == 0) (void)co_await books.write();
  }
}

/// Counts on the loop while something is under way.
Task<void> watch(Loop& loop, Duration& longest) {
  TimePoint before = loop.now();
  while (co_await sleep_for(loop, std::chrono::milliseconds(1))) {
    longest = std::max(longest, loop.now() - before);
    before = loop.now();
  }
}

Task<void> open_once(Loop& loop, WorkerPool& pool, const std::filesystem::path& file, bool full,
                     benchmark::State* state, Duration& longest) {
  swarm::MemoryPeerStore store(loop, store_for_all());
  PeerBooks books(loop, std::chrono::hours(24), for_all());
  Scope watching(loop);
  watching.spawn(watch(loop, longest));
  const TimePoint begun = loop.now();
  const auto opened = co_await books.open(pool, file, false, store, nullptr);
  if (state != nullptr) state->SetIterationTime(std::chrono::duration<double>(loop.now() - begun).count());
  watching.cancel();
  co_await watching.join();
  const bool is_whole = opened && books.scores().size() == kPeers && books.known().size() == kPeers;
  if (full && !is_whole) state->SkipWithError("not all was read");
  if (!full) co_await fill(books, store, loop.wall_now());
  co_await books.close();
}

void open_peer_books(benchmark::State& state) {
  const store::test::Folder folder;
  ReactorLoop loop;
  WorkerPool pool(1);
  Duration longest{};
  loop.run(open_once(loop, pool, folder / "peers", false, nullptr, longest));
  longest = {};
  for (auto _ : state) loop.run(open_once(loop, pool, folder / "peers", true, &state, longest));
  state.counters["file MB"] = static_cast<double>(std::filesystem::file_size(folder / "peers")) / 1e6;
  state.counters["loop held ms"] = std::chrono::duration<double, std::milli>(longest).count();
}
BENCHMARK(open_peer_books)->Unit(benchmark::kMillisecond)->UseManualTime();

}  // namespace
}  // namespace opwire::node
