#include "opwire/node/reputation.hpp"

#include "opwire/p2p/core/network.hpp"
#include "opwire/p2p/core/peer_store.hpp"

namespace opwire::node {
namespace {

namespace reputation = opstack::reputation;

constexpr log::Logger kLog{"peers"};
constexpr auto kSnapshotEvery = std::chrono::seconds(15);  // op-node's

std::set<PeerId> named_peers(const Config& config) {
  std::set<PeerId> peers;
  for (const Multiaddr& address : config.static_peers) peers.insert(address.peer_id().value());
  return peers;
}

std::set<reputation::Ip> named_ips(const Config& config) {
  std::set<reputation::Ip> ips;
  for (const Multiaddr& address : config.static_peers) {
    if (const auto ip = reputation::Ip::of(address)) ips.insert(*ip);
  }
  return ips;
}

reputation::GossipScores gossip_scores(const gossipsub::ScoreSnapshot& snapshot) {
  reputation::GossipScores scores;
  scores.total = snapshot.score;
  scores.ip_colocation_factor = snapshot.ip_colocation;
  scores.behavioral_penalty = snapshot.behaviour;
  for (const gossipsub::ScoreSnapshot::Topic& topic : snapshot.topics) {
    scores.blocks.time_in_mesh += std::chrono::duration<double>(topic.time_in_mesh).count();
    scores.blocks.first_message_deliveries += topic.first_deliveries;
    scores.blocks.mesh_message_deliveries += topic.mesh_deliveries;
    scores.blocks.invalid_message_deliveries += topic.invalid_messages;
  }
  return scores;
}

}  // namespace

Reputation::Reputation(Loop& loop, const Config& config, ConnectionGater& next)
    : loop_(loop),
      bans_(config.bans),
      peerstore_(config.peerstore),
      scoring_(config.scoring == PeerScoring::kLight),
      slot_(reputation::slot_of(std::chrono::seconds(config.rollup.block_time))),
      static_peers_(named_peers(config)),
      static_ips_(named_ips(config)),
      books_(loop, scoring_ ? reputation::kRetainedSlots * slot_ : Duration::zero()),
      app_(scoring_ ? reputation::AppScore::Mode::kLight : reputation::AppScore::Mode::kNone, books_.scores()),
      gate_(loop, books_.bans(), books_.blocks(), books_.scores(), gate_options(next)),
      monitor_(books_.scores(), monitor_options()),
      tasks_(loop) {}

reputation::GateOptions Reputation::gate_options(ConnectionGater& next) {
  reputation::GateOptions options;
  options.is_static = [this](const PeerId& peer) { return is_static(peer); };
  options.is_static_address = [this](const reputation::Ip& ip) { return static_ips_.contains(ip); };
  if (bans_.enabled) options.least_score = bans_.threshold;
  options.next = &next;
  return options;
}

reputation::MonitorOptions Reputation::monitor_options() {
  reputation::MonitorOptions options;
  options.threshold = bans_.threshold;
  options.duration = bans_.duration;
  options.is_static = [this](const PeerId& peer) { return is_static(peer); };
  return options;
}

Task<Result<void, std::string>> Reputation::start(Network& network, GossipSnapshots snapshots,
                                                  WorkerPool* store_thread) {
  network_ = &network;
  snapshots_ = std::move(snapshots);
  if (peerstore_) {
    OPW_CO_TRYV(co_await books_.open(*store_thread, peerstore_->file, peerstore_->reset_damaged));
  }
  // Who came in before the books were read.
  for (const PeerId& peer : network.connected_peers()) {
    if (!gate_.allow_peer_dial(peer)) network.disconnect(peer);
  }
  tasks_.spawn(run());
  co_return Result<void, std::string>();
}

Task<void> Reputation::run() {
  next_decay_ = loop_.now() + slot_;
  next_snapshot_ = loop_.now() + kSnapshotEvery;
  while (true) {
    const bool slept = co_await sleep_for(loop_, reputation::PeerMonitor::kInterval);
    if (!slept) co_return;
    tick();
  }
}

void Reputation::tick() {
  const TimePoint now = loop_.now();
  if (now >= next_snapshot_) {
    next_snapshot_ = now + kSnapshotEvery;
    take_gossip_scores();
  }
  if (now >= next_decay_) {
    next_decay_ += slot_;
    const std::vector<PeerId> connected = network_->connected_peers();
    app_.decay(connected, loop_.wall_now());
  }
  if (!bans_.enabled) return;
  const auto order = monitor_.tick(loop_.wall_now(), [this] { return network_->connected_peers(); });
  if (order) ban(order->peer, order->until, order->reason);
}

void Reputation::take_gossip_scores() {
  if (!scoring_) return;
  const std::vector<gossipsub::ScoreSnapshot> snapshots = snapshots_();
  for (const gossipsub::ScoreSnapshot& snapshot : snapshots) {
    if (snapshot.connected) books_.scores().set_gossip(snapshot.peer, gossip_scores(snapshot), loop_.wall_now());
  }
}

void Reputation::on_block_refused(const PeerId& peer, const Error& why) {
  if (!bans_.enabled || !bans_.for_invalid_blocks || is_static(peer)) return;
  const auto reason = strikes_.on_refused(peer, why.kind(), loop_.now());
  if (reason) ban(peer, loop_.wall_now() + bans_.duration, *reason);
}

void Reputation::ban(const PeerId& peer, WallTime until, std::string_view reason) {
  const WallTime now = loop_.wall_now();
  const auto banned = books_.bans().peers.ban(peer, until, reason, books_.scores().get(peer, now), now);
  if (!banned) return;
  ++ban_counts_[reputation::cause_of(reason)];
  kLog.warn("peer banned", {{"peer", peer.to_string()},
                            {"reason", banned->reason},
                            {"until", unix_seconds(banned->expiry)},
                            {"agent", network_ != nullptr ? network_->peerstore().agent(peer) : std::string()}});
  if (network_ != nullptr) network_->disconnect(peer);
}

Task<void> Reputation::close() {
  tasks_.cancel();
  co_await tasks_.join();
  co_await books_.close();
}

}  // namespace opwire::node
