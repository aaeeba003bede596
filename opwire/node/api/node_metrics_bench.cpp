// What a scrape costs the loop, by the number of connected peers.
#include <benchmark/benchmark.h>

#include "opwire/node/api/node_metrics.hpp"
#include "opwire/node/api/parts_for_test.hpp"
#include "opwire/opstack/gossip/scoring.hpp"
#include "opwire/p2p/gossipsub/control_rpc.hpp"

namespace opwire::node {
namespace {

class World : public ApiWorld {
 public:
  explicit World(std::uint64_t peers) : router_(params(), gossipsub::RouterContext(peer_of(0), decoder_, rng)) {
    const std::vector<std::string> names(topics_.names().begin(), topics_.names().end());
    for (const std::string& topic : names) (void)router_.subscribe(topic, loop.now());
    for (std::uint64_t number = 1; number <= peers; ++number) add_peer(number, names);
    for (std::size_t code = 0; code < requests_.codes.size(); ++code) requests_.note(code, std::chrono::seconds(1));
    served_.requests = requests_;
    for (const char* reason : {"a", "b", "c", "d", "e", "f", "g", "h"})
      counts_.rejected[reason] = counts_.ignored[reason] = 1;
    parts.router = &router_;
    parts.reputation = &reputation;
    parts.blocks = &counts_;
    parts.served = [this] { return std::optional(served_); };
    parts.requested = [this] { return requests_; };
    parts.archived = [] { return std::optional<store::ArchiveStatus>(std::in_place); };
    parts.sync_progress = [] { return std::optional<opstack::RangeProgress>(std::in_place); };
    parts.latency = [](const PeerId& peer) {
      return std::optional<Duration>(std::chrono::milliseconds(peer.bytes()[10]));
    };
    metrics_.emplace(registry, parts);
  }

  /// As many scrapes as are apart in time for scores to be sampled in each.
  std::size_t scrape() {
    loop.run_for(NodeMetrics::kSampleEvery);
    return registry.text().size();
  }

 private:
  gossipsub::Params params() const {
    gossipsub::Params params = opstack::gossip_params(topics_);
    params.scoring = opstack::light_scoring(std::chrono::seconds(2));
    return params;
  }
  void add_peer(std::uint64_t number, const std::vector<std::string>& names) {
    const PeerId peer = peer_of(number);
    network.peers[peer].connected = true;
    const auto remote = Multiaddr::parse_text("/ip4/10.0." + std::to_string(number / 250) + "." +
                                              std::to_string(number % 250) + "/tcp/9222");
    router_.on_peer_connected(peer, gossipsub::Version::kV12, true, remote.value());
    gossipsub::ControlRpc rpc;
    for (const std::string& topic : names) rpc.subscription(topic, true);
    (void)router_.on_rpc(peer, Buffer::copy_of(rpc.finish()), loop.now());
    reputation.on_valid_answer(peer);
  }

  opstack::BlockTopics topics_{config.rollup.l2_chain_id};
  opstack::BlockMessageDecoder decoder_;
  gossipsub::Router router_;
  opstack::BlockCounts counts_;
  opstack::RequestCounts requests_;
  opstack::ServerCounts served_;
  metrics::Registry registry;
  std::optional<NodeMetrics> metrics_;
};

void scrape(benchmark::State& state) {
  World world(static_cast<std::uint64_t>(state.range(0)));
  std::size_t bytes = 0;
  for (auto _ : state) {
    bytes = world.scrape();
    benchmark::DoNotOptimize(bytes);
  }
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(scrape)->Arg(0)->Arg(30)->Arg(300)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace opwire::node
