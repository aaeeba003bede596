#include "opwire/sim/tool/tool.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "opwire/sim/attacks.hpp"
#include "opwire/sim/cost.hpp"
#include "opwire/sim/scenarios.hpp"
#include "opwire/sim/tool/discovery_command.hpp"

namespace opwire::sim {
namespace {

constexpr int kMisused = 2;
constexpr double kMaxMinutes = 10'000;

// Rounded, so that a printed command gives the same again. What is beyond all bounds, or no number, stays so.
Duration duration_of(double seconds) {
  constexpr double kMost = 1e9;
  const double bounded = std::isnan(seconds) ? -kMost : std::clamp(seconds, -kMost, kMost);
  return Duration(std::llround(bounded * 1e9));
}

template <class Named>
std::string names_of(std::span<const Named> all) {
  std::string names;
  for (const Named& one : all) names += std::string(names.empty() ? "" : ", ") + one.name;
  return names;
}

int misused(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  return kMisused;
}

/// What was given on the command line; what was not stays as the scenario has it.
struct Given {
  std::string scenario;
  double minutes = 10;
  std::optional<std::uint64_t> seed, bandwidth;
  std::optional<std::uint32_t> nodes, degree;
  std::optional<std::size_t> size;
  std::optional<double> jitter, interval, cuts, churn;
  std::vector<double> latency;

  void add_to(CLI::App& app) {
    std::vector<std::string> names;
    for (const Scenario& known : scenarios()) names.emplace_back(known.name);
    app.add_option("scenario", scenario, "one of `list`")->check(CLI::IsMember(names));
    app.add_option("--minutes", minutes, "simulated time, after the start")
        ->capture_default_str()
        ->check(CLI::Range(0.01, kMaxMinutes));
    app.add_option("--seed", seed, "the same seed is the same run");
    app.add_option("--nodes", nodes, "how many")->check(CLI::Range(2, 100'000));
    app.add_option("--degree", degree, "others that each node dials")->check(CLI::PositiveNumber);
    app.add_option("--latency", latency, "one way, in ms: LEAST,MOST over pairs of nodes")->delimiter(',')->expected(2);
    app.add_option("--jitter", jitter, "ms")->check(CLI::NonNegativeNumber);
    app.add_option("--bandwidth", bandwidth, "bytes per second of each node, up and down; 0: no limit");
    app.add_option("--size", size, "of a message, in bytes");
    app.add_option("--interval", interval, "seconds between messages")->check(CLI::PositiveNumber);
    app.add_option("--cuts", cuts, "connections cut per second")->check(CLI::NonNegativeNumber);
    app.add_option("--churn", churn, "per cent of the nodes that crash in a minute")->check(CLI::NonNegativeNumber);
  }

  GossipOptions over(GossipOptions options) const {
    options.seed = seed.value_or(options.seed);
    options.nodes = nodes.value_or(options.nodes);
    options.degree = degree.value_or(options.degree);
    options.message_size = size.value_or(options.message_size);
    options.cuts_per_second = cuts.value_or(options.cuts_per_second);
    if (latency.size() == 2) {
      options.links.min_latency = duration_of(std::min(latency[0], latency[1]) / 1000);
      options.links.max_latency = duration_of(std::max(latency[0], latency[1]) / 1000);
    }
    if (jitter) options.links.jitter = duration_of(*jitter / 1000);
    if (interval) options.message_interval = duration_of(*interval);
    if (churn) options.churn_per_minute = *churn / 100;
    if (bandwidth) options.bandwidth = {*bandwidth, *bandwidth};
    return options;
  }
};

/// On a terminal one line that changes; in a log one line in half a minute.
class Progress {
 public:
  explicit Progress(GossipNetwork& network) : network_(network), start_(network.world().now()) {}
  ~Progress() {
    if (terminal_) std::fputs("\r\033[K", stderr);
  }
  void operator()() {
    const auto second = std::chrono::duration_cast<std::chrono::seconds>(network_.world().now() - start_).count();
    if (!terminal_ && second % 30 != 0) return;
    const MeshDegrees mesh = network_.mesh_degrees();
    std::fprintf(stderr, "%s%4lld s: %zu nodes, %zu connections, %zu messages, mesh %zu/%zu/%zu, %.1f CPU s%s",
                 terminal_ ? "\r\033[K" : "", static_cast<long long>(second), network_.running(),
                 network_.world().internet().connection_count(), network_.log().size(), mesh.min, mesh.median, mesh.max,
                 cpu_seconds(), terminal_ ? "" : "\n");
  }

 private:
  GossipNetwork& network_;
  TimePoint start_;
  bool terminal_ = isatty(STDERR_FILENO) != 0;
};

int run(const Given& given) {
  if (given.scenario.empty()) {
    return misused("run what? A scenario: " + names_of(scenarios()) +
                   "\n(attacks are played by `attack`: " + names_of(attacks()) + ")");
  }
  const Scenario& scenario = *find_scenario(given.scenario);
  const GossipOptions options = given.over(scenario.options());
  if (const auto valid = options.validate(); !valid) return misused(valid.error());
  const Duration duration = duration_of(given.minutes * 60);
  const std::string replay = replay_command(scenario, options, duration);
  Report report;
  {
    GossipNetwork network(options);
    Progress progress(network);
    network.start();
    scenario.play(network, duration, std::ref(progress));
    report = network.report();
  }
  std::printf("%-22s %s, %u nodes\n%s", "scenario", scenario.name, options.nodes, to_text(report).c_str());
  std::printf("%-22s %.1f CPU s, %.0f MiB\n", "cost", cpu_seconds(), mebibytes_resident());
  std::printf("%-22s %s\n", "again", replay.c_str());
  if (report.delivery.expected == 0) {
    return misused(
        "nothing was measured: a message counts when its sender and receiver ran for 10 s before and after it; "
        "take more --minutes (from 1 on), a shorter --interval or less --churn");
  }
  return report.delivery.complete() ? 0 : 1;
}

struct GivenAttacks {
  std::vector<std::string> names;
  std::uint64_t seed = 1;

  void add_to(CLI::App& app) {
    std::vector<std::string> known;
    for (const Attack& attack : attacks()) known.emplace_back(attack.name);
    app.add_option("attacks", names, "of `list`; none: all of them")->check(CLI::IsMember(known));
    app.add_option("--seed", seed, "the same seed is the same run")->capture_default_str();
  }
};

int attack(const GivenAttacks& given) {
  std::fputs(attack_table_head().c_str(), stdout);
  bool complete = true;
  for (const Attack& known : attacks()) {
    if (!given.names.empty() && std::ranges::find(given.names, known.name) == given.names.end()) continue;
    const AttackReport report = known.play(given.seed);
    complete = complete && report.delivery.complete();
    std::fputs(attack_table_row(known, report).c_str(), stdout);
    std::fflush(stdout);
  }
  return complete ? 0 : 1;
}

int list() {
  std::puts("run:");
  for (const Scenario& known : scenarios()) std::printf("  %-16s %s\n", known.name, known.summary);
  std::puts("attack:");
  for (const Attack& known : attacks()) std::printf("  %-16s %s\n", known.name, known.summary);
  return 0;
}

}  // namespace

int main_of(int argc, char** argv) {
  CLI::App app("Networks of real opwire hosts in virtual time.", "opwire_sim");
  app.require_subcommand(1);
  Given given;
  given.add_to(*app.add_subcommand("run", "plays a scenario; fails when a node that stayed misses a message"));
  GivenAttacks given_attacks;
  given_attacks.add_to(*app.add_subcommand("attack", "plays attacks; fails when an honest node misses a message"));
  DiscoveryCommand discovery;
  discovery.add_to(*app.add_subcommand("discovery", "networks of discv5 nodes; fails when a lookup does not end"));
  app.add_subcommand("list", "the scenarios and attacks");
  CLI11_PARSE(app, argc, argv);
  if (app.got_subcommand("list")) return list();
  if (app.got_subcommand("discovery")) return discovery.run();
  return app.got_subcommand("attack") ? attack(given_attacks) : run(given);
}

}  // namespace opwire::sim
