// What scores cost among 1,000 peers with one topic that counts: one score, a decay interval, a message of eight
// bringers.
#include <benchmark/benchmark.h>

#include "opwire/p2p/gossipsub/score_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::kTopic;
using test::peer_id;
using test::TestScores;

constexpr unsigned kPeers = 1000;

ScoreParams bench_params() {
  ScoreParams params;
  TopicScoreParams& topic = params.topics[kTopic];
  topic.weight = 1;
  topic.time_in_mesh_weight = 0.01, topic.time_in_mesh_cap = 100;
  topic.first_deliveries_weight = 1, topic.first_deliveries_decay = 0.9, topic.first_deliveries_cap = 20;
  topic.mesh_deliveries_weight = -1, topic.mesh_deliveries_decay = 0.9, topic.mesh_deliveries_cap = 20;
  topic.mesh_deliveries_threshold = 3, topic.mesh_deliveries_activation = std::chrono::seconds(1);
  topic.invalid_messages_weight = -100, topic.invalid_messages_decay = 0.9;
  params.app_weight = 1;
  params.ip_colocation_weight = -35, params.ip_colocation_threshold = 10;
  params.behaviour_weight = -16, params.behaviour_threshold = 6, params.behaviour_decay = 0.9;
  return params;
}

class Bench : public TestScores {
 public:
  Bench() : TestScores(bench_params(), [](const PeerId&) { return 1; }) {
    for (unsigned i = 0; i < kPeers; ++i) {
      peers.push_back(connect(i, "10." + std::to_string(i / 100) + ".0.1"));
      scores.on_graft(peers.back(), kTopic, now);
    }
    refresh(2);
  }
  std::vector<PeerId> peers;
};

void ScoreOfAllPeers(benchmark::State& state) {
  const Bench b;
  for (auto _ : state) {
    for (const PeerId& peer : b.peers) benchmark::DoNotOptimize(b.score(peer));
  }
  state.SetItemsProcessed(state.iterations() * kPeers);
}
BENCHMARK(ScoreOfAllPeers);

void RefreshOfAllPeers(benchmark::State& state) {
  Bench b;
  for (auto _ : state) b.refresh();
  state.SetItemsProcessed(state.iterations() * kPeers);
}
BENCHMARK(RefreshOfAllPeers);

void MessageOfEightBringers(benchmark::State& state) {
  Bench b;
  unsigned message = 0;
  for (auto _ : state) {
    b.now += std::chrono::milliseconds(10);
    ++message;
    b.pending(message, b.peers[message % kPeers]);
    for (unsigned i = 1; i < 4; ++i) b.duplicate(message, b.peers[(message + i) % kPeers]);
    b.accept(message);
    for (unsigned i = 4; i < 8; ++i) b.duplicate(message, b.peers[(message + i) % kPeers]);
  }
}
BENCHMARK(MessageOfEightBringers);

}  // namespace
}  // namespace opwire::gossipsub
