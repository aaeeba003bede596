#include "opwire/sim/scenarios.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

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
void play_partition(GossipNetwork& network, Duration duration, const std::function<void()>& progress) {
  network.run_for(duration / 3, progress);
  network.split(Partition::kBreak);
  network.run_for(duration / 3, progress);
  network.heal();
  network.run_for(duration / 3, progress);
}
// All links stall for three seconds, ten times: less than gossip's memory, so that nothing may be lost.
void play_stalls(GossipNetwork& network, Duration duration, const std::function<void()>& progress) {
  constexpr int kTimes = 10;
  for (int i = 0; i < kTimes; ++i) {
    network.run_for(duration / kTimes - seconds(3), progress);
    network.split(Partition::kHold);
    network.run_for(seconds(3), progress);
    network.heal();
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

// The shortest text that is read as the same number.
std::string exactly(double value) {
  char text[32];
  return {text, std::to_chars(text, std::end(text), value).ptr};
}

// A number of per cent that is read as the same share.
double percent_of(double share) {
  const double percent = share * 100;
  const double candidates[] = {std::round(percent * 1e9) / 1e9, percent, std::nextafter(percent, 0.0),
                               std::nextafter(percent, 1e9)};
  const auto same = std::ranges::find_if(candidates, [&](double candidate) { return candidate / 100 == share; });
  return same == std::end(candidates) ? percent : *same;
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
  const std::pair<const char*, std::string> flags[] = {
      {"seed", std::to_string(options.seed)},
      {"nodes", std::to_string(options.nodes)},
      {"degree", std::to_string(options.degree)},
      {"minutes", exactly(seconds_of(duration) / 60)},
      {"latency",
       exactly(milliseconds_of(options.links.min_latency)) + ',' + exactly(milliseconds_of(options.links.max_latency))},
      {"jitter", exactly(milliseconds_of(options.links.jitter))},
      {"size", std::to_string(options.message_size)},
      {"interval", exactly(seconds_of(options.message_interval))},
      {"cuts", exactly(options.cuts_per_second)},
      {"churn", exactly(percent_of(options.churn_per_minute))},
      {"bandwidth", std::to_string(options.bandwidth.up)},
  };
  std::string command = std::string("./dev sim run ") + scenario.name;
  for (const auto& [flag, value] : flags) command += std::string(" --") + flag + ' ' + value;
  return command;
}

}  // namespace opwire::sim
