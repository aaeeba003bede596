// Attacks on what honest nodes know.
#include <algorithm>

#include "opwire/discv5/distance.hpp"
#include "opwire/sim/discovery/attacks_plays.hpp"
#include "opwire/sim/discovery/startup.hpp"

namespace opwire::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

// All of the attackers were there before the honest nodes, in four /24s: as much of the tables as they can have is
// theirs. They answer with each other alone, and go on to announce themselves.
DiscoveryAttackReport play_poisoning(const DiscoveryAttackOptions& options) {
  const std::vector<Identity> identities = make_identities(options.seed, options.attackers, 4);
  KademliaOptions made = network_under_attack(options);
  made.first_comers = records_of(identities);
  KademliaNetwork network(made);
  const Directory attackers(made.first_comers);
  Gang gang(network.datagrams(), identities, options.seed, attackers);
  const Toll toll(network.datagrams());
  network.silence(0.05);
  for (std::size_t i = 0; i < gang.size(); ++i) gang.rogue(i).ping(network.any_alive().contact());
  DiscoveryAttackReport report;
  LookupOptions lookups;
  lookups.lookups = options.lookups;
  report.lookups = play_lookups(network, lookups);
  count_in_tables(network, attackers, report);
  toll.into(report);
  report.fingerprint = network.fingerprint();
  return report;
}

// A newcomer, whose table is empty, and attackers of one /24 with ids as near to it as they could find: they come
// before anybody else, and again and again.
DiscoveryAttackReport play_eclipse(const DiscoveryAttackOptions& options) {
  KademliaNetwork network(network_under_attack(options));
  discv5::ProtocolOptions own = network.options_of(options.nodes);
  for (int i = 0; i < 4; ++i) own.bootnodes.push_back(network.any_alive().contact());
  const auto victim = network.newcomer(options.nodes, std::move(own));

  std::vector<Identity> identities = make_identities(options.seed, options.attackers, 1);
  std::ranges::sort(identities, [&](const Identity& a, const Identity& b) {
    return discv5::is_closer(victim->id(), a.record->id(), b.record->id());
  });
  identities.resize(std::min<std::size_t>(identities.size(), 200));
  const Directory attackers(records_of(identities));
  Gang gang(network.datagrams(), identities, options.seed, attackers);
  const Toll toll(network.datagrams());
  for (std::size_t round = 0; round < 6; ++round) {
    for (std::size_t i = 0; i < gang.size(); ++i) gang.rogue(i).ping(victim->contact());
    network.loop().run_for(seconds(1));
    if (round == 0) victim->start();
    network.loop().run_for(seconds(9));
  }
  DiscoveryAttackReport report;
  LookupOptions lookups;
  lookups.lookups = options.lookups;
  lookups.interval = milliseconds(500);
  lookups.asker = victim.get();
  report.lookups = play_lookups(network, lookups);
  const auto all = victim->protocol().table().all();
  report.most_in_table = static_cast<std::size_t>(
      std::ranges::count_if(all, [&](const discv5::Contact& contact) { return attackers.contains(contact.id); }));
  report.in_tables =
      static_cast<double>(report.most_in_table) / static_cast<double>(std::max<std::size_t>(1, all.size()));
  report.most_sessions = victim->protocol().sessions();
  toll.into(report);
  report.fingerprint = network.fingerprint();
  return report;
}

// A tenth of the nodes, each in a /24 of its own and in the tables like everybody, names nodes that do not exist.
DiscoveryAttackReport play_nodes_flood(const DiscoveryAttackOptions& options) {
  const std::uint32_t liars = options.nodes / 10;
  const std::vector<Identity> identities = make_identities(options.seed, liars, liars);
  std::vector<discv5::RecordPtr> made_up;
  for (std::uint32_t i = 0; i < options.attackers; ++i) {
    made_up.push_back(
        sign_record(key_of(derive_seed(options.seed, 99), i), public_endpoint(kRogueSubnets + liars + i, 0)));
  }
  KademliaOptions made = network_under_attack(options);
  made.others = records_of(identities);
  KademliaNetwork network(made);
  const Directory told(made_up);
  Gang gang(network.datagrams(), identities, options.seed, told);
  const Toll toll(network.datagrams());
  network.silence(0.05);
  DiscoveryAttackReport report;
  LookupOptions lookups;
  lookups.lookups = options.lookups;
  report.lookups = play_lookups(network, lookups);
  count_in_tables(network, told, report);
  toll.into(report);
  report.fingerprint = network.fingerprint();
  return report;
}

// Of a hundred nodes, four are of a newcomer's chain.
DiscoveryAttackReport play_foreign_chains(const DiscoveryAttackOptions& options) {
  StartupOptions startup;
  startup.seed = options.seed;
  startup.nodes = options.nodes;
  startup.own_chain = 0.04;
  startup.wanted = std::min<std::size_t>(startup.wanted, options.nodes / 50);  // of as many again
  const StartupResult result = play_startup(SearchRule::kOpwire, startup);
  DiscoveryAttackReport report;
  report.own_chain = result.known;
  report.fingerprint = result.fingerprint;
  return report;
}

}  // namespace opwire::sim
