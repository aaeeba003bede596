#include "opwire/sim/scenarios.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace opwire::sim {
namespace {

using std::chrono::seconds;

// Back-offs of a minute end, and meshes are whole again.
constexpr auto kCalm = seconds(90);

GossipOptions quiet_options() {
  return {};
}
void play_quiet(GossipNetwork& network, Duration duration, const std::function<void()>& progress) {
  network.run_for(duration, progress);
}

GossipOptions storm_options() {
  GossipOptions options;
  options.cuts_per_second = 3;
  options.churn_per_minute = 0.10;
  return options;
}
// The end of the time is calm: it shows whether the meshes recover.
void play_storm(GossipNetwork& network, Duration duration, const std::function<void()>& progress) {
  const Duration calm = std::min<Duration>(kCalm, duration / 2);
  network.run_for(duration - calm, progress);
  network.calm(calm, progress);
}

// Half of the nodes are cut off from the others for a third of the time.
void split(GossipNetwork& network, Partition how) {
  std::map<MachineId, unsigned> groups;
  for (std::size_t i = 0; i < network.size() / 2; ++i) groups.emplace(network.node(i).station().machine(), 1);
  network.world().internet().partition(groups, how);
}
void play_partition(GossipNetwork& network, Duration duration, const std::function<void()>& progress) {
  network.run_for(duration / 3, progress);
  split(network, Partition::kBreak);
  network.run_for(duration / 3, progress);
  network.world().internet().heal();
  network.run_for(duration / 3, progress);
}
// All links stall for three seconds, ten times: less than gossip's memory, so that nothing may be lost.
void play_stalls(GossipNetwork& network, Duration duration, const std::function<void()>& progress) {
  constexpr int kTimes = 10;
  for (int i = 0; i < kTimes; ++i) {
    network.run_for(duration / kTimes - seconds(3), progress);
    split(network, Partition::kHold);
    network.run_for(seconds(3), progress);
    network.world().internet().heal();
  }
}

GossipOptions slow_options() {
  GossipOptions options;
  options.bandwidth = {1'250'000, 1'250'000};
  return options;
}

constexpr std::array<Scenario, 5> kScenarios{{
    {"quiet", "nothing happens but messages", quiet_options, play_quiet},
    {"storm", "connections are cut, nodes crash and return; the end is calm", storm_options, play_storm},
    {"partition", "half of the nodes cannot reach the others for a third of the time", quiet_options, play_partition},
    {"stalls", "ten times nothing passes between the halves for three seconds", quiet_options, play_stalls},
    {"slow", "every node has a line of 10 Mbit/s", slow_options, play_quiet},
}};

double seconds_of(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

std::span<const Scenario> scenarios() {
  return kScenarios;
}

const Scenario* find_scenario(std::string_view name) {
  const auto found =
      std::find_if(kScenarios.begin(), kScenarios.end(), [&](const Scenario& s) { return name == s.name; });
  return found == kScenarios.end() ? nullptr : &*found;
}

std::string replay_command(const Scenario& scenario, const GossipOptions& options, Duration duration) {
  char text[320];
  std::snprintf(
      text, sizeof(text),
      "./dev sim run %s --seed %llu --nodes %u --degree %u --minutes %g --latency %g,%g --jitter %g --size %zu "
      "--interval %g --cuts %g --churn %g --bandwidth %llu",
      scenario.name, static_cast<unsigned long long>(options.seed), options.nodes, options.degree,
      seconds_of(duration) / 60, seconds_of(options.links.min_latency) * 1000,
      seconds_of(options.links.max_latency) * 1000, seconds_of(options.links.jitter) * 1000, options.message_size,
      seconds_of(options.message_interval), options.cuts_per_second, options.churn_per_minute * 100,
      static_cast<unsigned long long>(options.bandwidth.up));
  return text;
}

}  // namespace opwire::sim
