// What the plays share.
#include "opwire/sim/discovery/attacks_plays.hpp"

#include <algorithm>

#include "opwire/runtime/memory_use.hpp"

namespace opwire::sim {
namespace {

/// Attackers are told from others by their addresses.
bool is_rogue(const net::Endpoint& endpoint) {
  static const net::Endpoint first = public_endpoint(kRogueSubnets, 0);
  return !endpoint.is_v6 &&
         load_be<std::uint32_t>(endpoint.address.data()) >= load_be<std::uint32_t>(first.address.data());
}

void count_in_table(const discv5::Table& table, const Directory& attackers, DiscoveryAttackReport& report) {
  const std::vector<discv5::Contact> all = table.all();
  const auto theirs = static_cast<std::size_t>(
      std::ranges::count_if(all, [&](const discv5::Contact& contact) { return attackers.contains(contact.id); }));
  report.most_in_table = std::max(report.most_in_table, theirs);
  if (!all.empty()) report.in_tables += static_cast<double>(theirs) / static_cast<double>(all.size());
}

}  // namespace

std::vector<Identity> make_identities(std::uint64_t seed, std::uint32_t count, std::uint32_t subnets) {
  std::vector<Identity> made;
  for (std::uint32_t i = 0; i < count; ++i) {
    made.emplace_back(key_of(derive_seed(seed, 1234), i), public_endpoint(kRogueSubnets + i % subnets, i / subnets));
  }
  return made;
}

std::vector<discv5::RecordPtr> records_of(const std::vector<Identity>& identities) {
  std::vector<discv5::RecordPtr> records;
  for (const Identity& identity : identities) records.push_back(identity.record);
  return records;
}

KademliaOptions network_under_attack(const DiscoveryAttackOptions& options) {
  KademliaOptions made;
  made.seed = options.seed;
  made.nodes = options.nodes;
  made.datagrams.loss = 0.01;
  return made;
}

Gang::Gang(DatagramNet& network, const std::vector<Identity>& identities, std::uint64_t seed, const Directory& told)
    : rng_(derive_seed(seed, 4321)) {
  for (const Identity& identity : identities) rogues_.emplace_back(network, identity, rng_, tells_of(told, rng_));
}

Toll::Toll(DatagramNet& network) {
  network.watch([this](const net::Endpoint& from, const net::Endpoint& to, ByteView datagram) {
    const auto size = static_cast<std::int64_t>(datagram.size());
    if (is_rogue(from)) sent_ += datagram.size(), gains_[from] -= size;
    if (is_rogue(to)) back_ += datagram.size(), gains_[to] += size;
  });
}

void Toll::into(DiscoveryAttackReport& report) const {
  report.bytes_sent = sent_;
  report.bytes_back = back_;
  for (const auto& [at, gain] : gains_) report.worst_gain = std::max(report.worst_gain, gain);
}

void count_in_tables(KademliaNetwork& network, const Directory& attackers, DiscoveryAttackReport& report) {
  for (std::size_t i = 0; i < network.size(); ++i) {
    count_in_table(network.node(i).protocol().table(), attackers, report);
    report.most_sessions = std::max(report.most_sessions, network.node(i).protocol().sessions());
  }
  report.in_tables /= static_cast<double>(network.size());
}

double mebibytes_now() {
  return static_cast<double>(resident_bytes().value_or(0)) / 1048576;
}

}  // namespace opwire::sim
