#include "opwire/sim/attacks_arena.hpp"

#include <algorithm>

#include "opwire/opstack/gossip/scoring.hpp"

namespace opwire::sim {
namespace {

using std::chrono::seconds;

constexpr std::uint32_t kFirstAttacker = 1000;  // numbers of stations
constexpr auto kSecond = seconds(1);
constexpr std::size_t kIdSize = 20;
constexpr std::size_t kBeginning = 16;  // bytes by which messages are told apart

StationOptions station_of(const ArenaOptions& options, std::uint32_t index) {
  StationOptions station(kFirstAttacker + index);
  if (options.one_address) {
    station.ip = StationOptions(kFirstAttacker).ip;
    station.port = static_cast<std::uint16_t>(station.port + index);
  }
  return station;
}

}  // namespace

ArenaOptions::ArenaOptions(std::uint64_t seed) {
  network.seed = seed;
  network.nodes = 12;
  network.degree = 4;
  network.gossip.scoring = opstack::light_scoring(seconds(2));
}

Arena::Arena(const ArenaOptions& options) : options_(options), network_(options.network) {
  for (std::uint32_t i = 0; i < options.attackers; ++i) {
    attackers_.push_back(std::make_unique<Attacker>(network_.world(), station_of(options, i)));
  }
  report_.pairs = std::size_t{options.attackers} * options.victims;
}

Arena::~Arena() {
  for (const auto& attacker : attackers_) {
    if (attacker->station().running()) network_.world().loop().run(attacker->stop());
  }
}

// Attackers.

void Arena::start() {
  network_.start();
  for (const auto& attacker : attackers_) {
    attacker->start();
    listen(*attacker);
  }
  come_back();
  for (const auto& attacker : attackers_) report_.connected += attacker->victims().size();
}

void Arena::listen(Attacker& attacker) {
  if (options_.deaf) {
    attacker.station().host().set_stream_handler("/meshsub/1.2.0",
                                                 [this](PeerStream stream) { return leave_unread(std::move(stream)); });
  } else {
    attacker.set_on_rpc(
        [this, &attacker](const PeerId& from, const gossipsub::RpcView& rpc) { hear(attacker, from, rpc); });
  }
}

Task<void> Arena::leave_unread(PeerStream stream) {
  static_cast<void>(co_await sleep_for(network_.world().loop(), std::chrono::hours(24)));
}

void Arena::come_back() {
  Scope arrivals(network_.world().loop());
  for (const auto& attacker : attackers_) {
    for (std::uint32_t i = 0; i < options_.victims; ++i) {
      arrivals.spawn(reach(*attacker, network_.node(i).station().address()));
    }
  }
  network_.world().loop().run(arrivals.join());
  watch();
  report_.when_back = report_.at_end;
  send(RawRpc().subscribe(kTopic));
  rest(kSecond);
}

Task<void> Arena::reach(Attacker& attacker, Multiaddr victim) {
  static_cast<void>(co_await attacker.connect(std::move(victim)));  // it may be refused
}

void Arena::leave() {
  watch();
  report_.when_left = report_.at_end;
  for (const auto& attacker : attackers_) {
    Network& network = attacker->station().host().network();
    for (const PeerId& peer : network.connected_peers()) network.disconnect(peer);
  }
}

void Arena::send(const RawRpc& rpc) {
  const Bytes bytes = rpc.build();
  for (const auto& attacker : attackers_) {
    for (const PeerId& victim : attacker->victims()) attacker->send_bytes(victim, bytes);
  }
}

void Arena::send_each(const std::function<RawRpc()>& make) {
  for (const auto& attacker : attackers_) {
    for (const PeerId& victim : attacker->victims()) attacker->send(victim, make());
  }
}

void Arena::hear(Attacker& attacker, const PeerId& from, const gossipsub::RpcView& rpc) {
  Heard& heard = report_.heard;
  const auto count = [](gossipsub::IdList ids) {
    std::size_t found = 0;
    while (ids.next()) ++found;
    return found;
  };
  ++heard.rpcs;
  heard.messages += rpc.messages.size();
  heard.grafts += rpc.graft.size();
  heard.prunes += rpc.prune.size();
  for (const auto& entry : rpc.ihave) heard.ihave_ids += count(entry.ids);
  for (const auto& entry : rpc.iwant) heard.iwant_ids += count(entry);
  for (const auto& message : rpc.messages) {
    std::string beginning(as_text(message.data).substr(0, kBeginning));
    unsigned& copies = copies_[{attacker.station().id(), from, std::move(beginning)}];
    heard.most_copies = std::max(heard.most_copies, ++copies);
  }
  if (on_rpc_) on_rpc_(attacker, from, rpc);
}

std::vector<Bytes> Arena::random_ids(std::size_t count) {
  std::vector<Bytes> ids(count, Bytes(kIdSize));
  for (Bytes& id : ids) network_.world().rng().fill(id);
  return ids;
}

// The course of events, and what is seen of it.

void Arena::attack(Duration duration, Duration pause, const std::function<void()>& act) {
  SimulatedLoop& loop = network_.world().loop();
  const TimePoint end = loop.now() + duration;
  TimePoint next_act = loop.now();
  while (loop.now() < end) {
    if (loop.now() >= next_act) {
      act();
      next_act += pause;
    }
    if (loop.now() >= next_watch_) {
      watch();
      next_watch_ = loop.now() + kSecond;
    }
    loop.run_until(std::min({end, next_act, next_watch_}));
  }
}

void Arena::watch() {
  std::size_t in_mesh = 0;
  report_.at_end = 0;
  for (std::uint32_t i = 0; i < options_.victims; ++i) {
    const gossipsub::Router& router = network_.node(i).gossip().router();
    const std::vector<PeerId> mesh = router.mesh_peers(kTopic);
    for (const auto& attacker : attackers_) {
      const PeerId& id = attacker->station().id();
      const double score = router.score(id);
      report_.highest = std::max(report_.highest, score);
      report_.at_end = std::min(report_.at_end, score);
      in_mesh += static_cast<std::size_t>(std::ranges::count(mesh, id));
    }
    report_.topics = std::max(report_.topics, router.topics().size());
  }
  report_.lowest = std::min(report_.lowest, report_.at_end);
  report_.most_in_mesh = std::max(report_.most_in_mesh, in_mesh);
  report_.in_mesh_at_end = in_mesh;
  for (std::size_t i = 0; i < network_.size(); ++i) watch_honest(network_.node(i));
}

void Arena::watch_honest(Node& node) {
  for (std::size_t i = 0; i < network_.size(); ++i) {
    const double score = node.gossip().router().score(network_.node(i).station().id());
    report_.lowest_honest = std::min(report_.lowest_honest, score);
  }
}

AttackReport Arena::report() {
  rest(kStays + kSecond);
  watch();
  AttackReport report = report_;
  report.delivery = network_.report().delivery;
  for (std::uint32_t i = 0; i < options_.victims; ++i) {
    report.victims += network_.node(i).gossip().router().stats();
  }
  for (const auto& attacker : attackers_) {
    const Traffic& traffic = network_.world().internet().traffic(attacker->station().machine());
    report.bytes_heard += traffic.received;
    report.bytes_sent += traffic.sent;
  }
  report.fingerprint = network_.world().fingerprint();
  return report;
}

}  // namespace opwire::sim
