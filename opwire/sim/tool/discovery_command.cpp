#include "opwire/sim/tool/discovery_command.hpp"

#include <cstdio>

#include "opwire/base/log.hpp"
#include "opwire/sim/cost.hpp"
#include "opwire/sim/discovery/attacks.hpp"
#include "opwire/sim/discovery/startup.hpp"

namespace opwire::sim {
namespace {

constexpr std::size_t kSeeds = 10;

int play_all_lookups(std::uint64_t seed, std::uint32_t nodes) {
  KademliaOptions options;
  options.seed = seed;
  options.nodes = nodes;
  options.datagrams.loss = 0.01;
  KademliaNetwork network(options);
  network.silence(0.05);
  const LookupReport report = play_lookups(network, {});
  std::fputs(lookup_table_head().c_str(), stdout);
  std::fputs(lookup_table_row(std::to_string(nodes) + " nodes", report).c_str(), stdout);
  std::printf("fingerprint %016llx\n", static_cast<unsigned long long>(network.fingerprint()));
  return report.ended.size() == report.begun ? 0 : 1;
}

int play_race(std::uint64_t seed, std::uint32_t nodes) {
  StartupOptions options;
  options.seed = seed;
  options.nodes = nodes;
  const StartupRace race = play_startup_race(options, kSeeds);
  std::fputs(to_text(race).c_str(), stdout);
  std::printf("%.1f times as soon, %zu seeds from %llu on\n", race.factor(), kSeeds,
              static_cast<unsigned long long>(seed));
  return race.factor() >= 3 ? 0 : 1;
}

int play_attacks(std::uint64_t seed, std::uint32_t nodes) {
  DiscoveryAttackOptions options;
  options.seed = seed;
  options.nodes = nodes;
  options.attackers = 5 * nodes;
  bool ended = true;
  std::fputs(discovery_attack_table_head().c_str(), stdout);
  for (const DiscoveryAttack& attack : discovery_attacks()) {
    const DiscoveryAttackReport report = attack.play(options);
    ended = ended && report.lookups.ended.size() == report.lookups.begun;
    if (std::string_view(attack.name) == "spoofing") ended = ended && report.worst_gain <= 0;
    std::fputs(discovery_attack_table_row(attack, report).c_str(), stdout);
    std::fflush(stdout);
  }
  return ended ? 0 : 1;
}

}  // namespace

void DiscoveryCommand::add_to(CLI::App& app) {
  app.add_option("what", what_, "lookups, startup or attacks")
      ->check(CLI::IsMember({"lookups", "startup", "attacks"}))
      ->capture_default_str();
  app.add_option("--seed", seed_, "the same seed is the same run")->capture_default_str();
  app.add_option("--nodes", nodes_, "honest ones; unless given 10,000, 2,000 or 1,000")->check(CLI::Range(50, 100'000));
}

int DiscoveryCommand::run() const {
  log::Options quiet;  // every newcomer says who it is
  quiet.level = log::Level::kWarn;
  (void)log::configure(quiet);
  int status = 0;
  if (what_ == "startup") {
    status = play_race(seed_, nodes_.value_or(2000));
  } else if (what_ == "attacks") {
    status = play_attacks(seed_, nodes_.value_or(1000));
  } else {
    status = play_all_lookups(seed_, nodes_.value_or(10'000));
  }
  std::printf("cost %.1f CPU s, %.0f MiB\n", cpu_seconds(), mebibytes_resident());
  return status;
}

}  // namespace opwire::sim
