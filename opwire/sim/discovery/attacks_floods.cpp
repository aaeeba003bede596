// Attacks on what honest nodes do and remember.
#include <algorithm>

#include "opwire/discv5/packet.hpp"
#include "opwire/sim/discovery/attacks_plays.hpp"

namespace opwire::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint32_t kEndpointsPerAttacker = 20;
constexpr Duration kFlood = seconds(10);

/// Datagrams from wherever their writer says.
class Forger {
 public:
  explicit Forger(std::uint64_t seed) : rng_(derive_seed(seed, 5555)) {}

  /// Somewhere among that many.
  net::Endpoint somewhere(std::uint32_t places) {
    const auto place = static_cast<std::uint32_t>(rng_.below(places));
    return public_endpoint(kRogueSubnets + place / 250, place % 250);
  }
  /// A message that cannot be read, as from a node without a session.
  Bytes opening(const discv5::NodeId& to, std::size_t message_size) {
    discv5::Ordinary made;
    rng_.fill(made.source.bytes);
    return discv5::make_datagram(to, header(made), random(message_size));
  }
  Bytes challenge(const discv5::NodeId& to) {
    discv5::Whoareyou made;
    rng_.fill(made.id_nonce);
    return discv5::make_datagram(to, header(made), {});
  }
  Bytes handshake(const discv5::NodeId& to) {
    discv5::HandshakeHeader made;
    rng_.fill(made.source.bytes);
    rng_.fill(made.ephemeral_key);
    return discv5::make_datagram(to, header(made), random(32));
  }
  Bytes random(std::size_t size) {
    Bytes bytes(size);
    rng_.fill(bytes);
    return bytes;
  }
  std::uint64_t below(std::uint64_t bound) { return rng_.below(bound); }

 private:
  Bytes header(const discv5::Header& of) {
    discv5::MaskingIv iv{};
    discv5::PacketNonce nonce{};
    rng_.fill(iv);
    rng_.fill(nonce);
    return discv5::encode_header(iv, nonce, of);
  }

  SeededRng rng_;
};

/// Calls it that often, evenly over the flood's time; the loop runs it.
void spread(SimulatedLoop& loop, std::size_t times, const std::function<void(std::size_t)>& call) {
  constexpr Duration kBeat = milliseconds(10);
  const auto beats = static_cast<std::size_t>(kFlood / kBeat);
  for (std::size_t beat = 0; beat < beats; ++beat) {
    loop.call_at(loop.now() + static_cast<Duration::rep>(beat) * kBeat, [=] {
      for (std::size_t i = times * beat / beats; i < times * (beat + 1) / beats; ++i) call(i);
    });
  }
}

LookupReport lookups_of(KademliaNetwork& network, CoreNode& asker, std::size_t count) {
  LookupOptions options;
  options.lookups = count;
  options.asker = &asker;
  options.interval = kFlood / static_cast<Duration::rep>(std::max<std::size_t>(1, count));
  return play_lookups(network, options);
}

}  // namespace

// All kinds of packets from sources that did not send them. Whoever is at those addresses must not get more than was
// sent in its name.
DiscoveryAttackReport play_spoofing(const DiscoveryAttackOptions& options) {
  KademliaNetwork network(network_under_attack(options));
  CoreNode& victim = network.node(0);
  Forger forger(options.seed);
  const Toll toll(network.datagrams());
  const std::uint32_t times = options.attackers * kEndpointsPerAttacker;
  spread(network.loop(), times, [&](std::size_t i) {
    Bytes datagram;
    switch (i % 4) {
      case 0:
        datagram = forger.opening(victim.id(), 1);
        break;
      case 1:
        datagram = forger.opening(victim.id(), 20 + forger.below(100));
        break;
      case 2:
        datagram = forger.challenge(victim.id());
        break;
      default:
        datagram = forger.handshake(victim.id());
        break;
    }
    network.datagrams().send(forger.somewhere(options.attackers), victim.at(), datagram);
  });
  DiscoveryAttackReport report;
  report.lookups = lookups_of(network, victim, std::min<std::size_t>(options.lookups, 20));
  report.most_sessions = victim.protocol().sessions();
  toll.into(report);
  report.fingerprint = network.fingerprint();
  return report;
}

// Endpoints without end come to one node; some of them shake hands. It keeps few of them in mind, and goes on.
DiscoveryAttackReport play_session_flood(const DiscoveryAttackOptions& options) {
  const std::vector<Identity> identities = make_identities(options.seed, options.attackers / 2, 250);
  KademliaNetwork network(network_under_attack(options));
  CoreNode& victim = network.node(0);
  const Directory nobody;
  Gang gang(network.datagrams(), identities, options.seed, nobody);
  Forger forger(options.seed);
  const Toll toll(network.datagrams());
  const std::uint32_t endpoints = options.attackers * kEndpointsPerAttacker;
  const double before = mebibytes_now();
  std::size_t most_sessions = 0;
  spread(network.loop(), endpoints, [&](std::size_t i) {
    // Beyond the /24s of those that shake hands.
    const auto place = static_cast<std::uint32_t>(i);
    network.datagrams().send(public_endpoint(kRogueSubnets + 1000 + place / 250, place % 250), victim.at(),
                             forger.opening(victim.id(), 20));
  });
  spread(network.loop(), gang.size(), [&](std::size_t i) {
    gang.rogue(i).ping(victim.contact());
    most_sessions = std::max(most_sessions, victim.protocol().sessions());
  });
  DiscoveryAttackReport report;
  report.lookups = lookups_of(network, victim, std::min<std::size_t>(options.lookups, 20));
  report.mebibytes = mebibytes_now() - before;
  report.most_sessions = std::max(most_sessions, victim.protocol().sessions());
  const auto all = victim.protocol().table().all();
  const Directory attackers(records_of(identities));
  report.most_in_table = static_cast<std::size_t>(
      std::ranges::count_if(all, [&](const discv5::Contact& contact) { return attackers.contains(contact.id); }));
  report.in_tables =
      static_cast<double>(report.most_in_table) / static_cast<double>(std::max<std::size_t>(1, all.size()));
  toll.into(report);
  report.fingerprint = network.fingerprint();
  return report;
}

}  // namespace opwire::sim
