// The plays behind discovery_attacks().
#pragma once

#include <deque>

#include "opwire/sim/discovery/attacks.hpp"
#include "opwire/sim/discovery/rogue.hpp"

namespace opwire::sim {

DiscoveryAttackReport play_poisoning(const DiscoveryAttackOptions& options);
DiscoveryAttackReport play_eclipse(const DiscoveryAttackOptions& options);
DiscoveryAttackReport play_nodes_flood(const DiscoveryAttackOptions& options);
DiscoveryAttackReport play_spoofing(const DiscoveryAttackOptions& options);
DiscoveryAttackReport play_session_flood(const DiscoveryAttackOptions& options);
DiscoveryAttackReport play_foreign_chains(const DiscoveryAttackOptions& options);

// What they share.

/// That many attackers, in so many /24s.
std::vector<Identity> make_identities(std::uint64_t seed, std::uint32_t count, std::uint32_t subnets);
std::vector<discv5::RecordPtr> records_of(const std::vector<Identity>& identities);
KademliaOptions network_under_attack(const DiscoveryAttackOptions& options);

/// Nodes of one master on the network.
class Gang {
 public:
  Gang(DatagramNet& network, const std::vector<Identity>& identities, std::uint64_t seed, const Directory& told);
  std::size_t size() const noexcept { return rogues_.size(); }
  Rogue& rogue(std::size_t number) { return rogues_[number]; }

 private:
  SeededRng rng_;
  std::deque<Rogue> rogues_;
};

/// Counts what attackers send, and what comes back to where they claim to be.
class Toll {
 public:
  /// Of everything from and to these /24s on: kRogueSubnets.
  explicit Toll(DatagramNet& network);
  void into(DiscoveryAttackReport& report) const;

 private:
  std::uint64_t sent_ = 0, back_ = 0;
  std::unordered_map<net::Endpoint, std::int64_t> gains_;
};

/// Of every node's table, the part that the directory has.
void count_in_tables(KademliaNetwork& network, const Directory& attackers, DiscoveryAttackReport& report);
/// Now, of this process.
double mebibytes_now();

}  // namespace opwire::sim
