#include "opwire/sim/discovery/attacks.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "opwire/sim/discovery/attacks_plays.hpp"
#include "opwire/sim/report.hpp"

namespace opwire::sim {
namespace {

constexpr std::array kAttacks{
    DiscoveryAttack{"poisoning", "thousands of identities in four /24s hold all of the tables that they can",
                    play_poisoning},
    DiscoveryAttack{"eclipse", "a newcomer; one /24 comes first, with the ids nearest to it", play_eclipse},
    DiscoveryAttack{"nodes-flood", "a tenth of the nodes names nodes that do not exist", play_nodes_flood},
    DiscoveryAttack{"spoofing", "packets of all kinds in the name of others", play_spoofing},
    DiscoveryAttack{"session-flood", "endpoints without end come to one node, some shake hands", play_session_flood},
    DiscoveryAttack{"foreign-chains", "24 of 25 nodes are of other chains or none", play_foreign_chains},
};

}  // namespace

std::span<const DiscoveryAttack> discovery_attacks() {
  return kAttacks;
}

const DiscoveryAttack* find_discovery_attack(std::string_view name) {
  const auto found = std::ranges::find(kAttacks, name, &DiscoveryAttack::name);
  return found == kAttacks.end() ? nullptr : &*found;
}

std::string discovery_attack_table_head() {
  return "| attack | lookups ended | nearest 16 honest found | honest of all found | asked p99 | ms p99 | in a table: "
         "mean, most | sessions | KiB sent, back | MiB more |\n|---|---|---|---|---|---|---|---|---|---|\n";
}

std::string discovery_attack_table_row(const DiscoveryAttack& attack, const DiscoveryAttackReport& report) {
  const LookupReport& lookups = report.lookups;
  char row[320];
  if (report.own_chain) {
    std::snprintf(row, sizeof(row), "| %s | own chain known after %.1f s | | | | | | | | |\n", attack.name,
                  std::chrono::duration<double>(*report.own_chain).count());
    return row;
  }
  std::snprintf(row, sizeof(row),
                "| %s | %zu of %zu | %.1f %% | %.1f %% | %.0f | %.0f | %.1f %%, %zu | %zu | %llu, %llu | %.1f |\n",
                attack.name, lookups.ended.size(), lookups.begun, 100 * lookups.recall, 100 * lookups.own,
                lookups.asked(0.99), milliseconds_of(lookups.took(0.99)), 100 * report.in_tables, report.most_in_table,
                report.most_sessions, static_cast<unsigned long long>(report.bytes_sent / 1024),
                static_cast<unsigned long long>(report.bytes_back / 1024), report.mebibytes);
  return row;
}

}  // namespace opwire::sim
