// Attacks on discv5 by nodes that keep no rule: what becomes of honest nodes' tables, lookups and memory.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "opwire/sim/discovery/lookups.hpp"

namespace opwire::sim {

struct DiscoveryAttackOptions {
  DiscoveryAttackOptions() = default;

  std::uint64_t seed = 1;
  std::uint32_t nodes = 1000;  ///< honest ones
  std::uint32_t attackers =
      5000;                   ///< identities; to a flood of sessions half of them come, and 20 times as many endpoints
  std::size_t lookups = 100;  ///< of honest nodes meanwhile
};

struct DiscoveryAttackReport {
  LookupReport lookups;  ///< of honest nodes; recall is of the honest ones nearest
  double in_tables = 0;  ///< attackers, or what they made up, in honest tables: mean share of a table's live nodes
  std::size_t most_in_table = 0;      ///< nodes
  std::uint64_t bytes_sent = 0;       ///< by the attackers
  std::uint64_t bytes_back = 0;       ///< to the addresses that they claim to be at
  std::int64_t worst_gain = 0;        ///< bytes: the most that came to one of these addresses beyond what it sent
  std::size_t most_sessions = 0;      ///< of one node
  std::optional<Duration> own_chain;  ///< until a newcomer knew 20 nodes of its chain, where that is the question
  double mebibytes = 0;               ///< resident, more than before
  std::uint64_t fingerprint = 0;
};

struct DiscoveryAttack {
  const char* name;
  const char* summary;
  /// The same options are the same course of events.
  DiscoveryAttackReport (*play)(const DiscoveryAttackOptions& options);
};

std::span<const DiscoveryAttack> discovery_attacks();
/// nullptr when there is none of that name.
const DiscoveryAttack* find_discovery_attack(std::string_view name);

/// A table for people: its head, and a row of it.
std::string discovery_attack_table_head();
std::string discovery_attack_table_row(const DiscoveryAttack& attack, const DiscoveryAttackReport& report);

}  // namespace opwire::sim
