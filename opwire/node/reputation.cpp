#include "opwire/node/reputation.hpp"

#include "opwire/p2p/core/network.hpp"
#include "opwire/p2p/core/peer_store.hpp"
#include "opwire/p2p/core/peer_tags.hpp"

namespace opwire::node {
namespace {

namespace reputation = opstack::reputation;

constexpr log::Logger kLog{"peers"};
constexpr auto kSnapshotEvery = std::chrono::seconds(15);  // op-node's
constexpr const char* kAnswersTag = "payload-answers";     // who answers is worth keeping

reputation::GossipScores gossip_scores(const gossipsub::ScoreSnapshot& snapshot) {
  reputation::GossipScores scores;
  scores.total = snapshot.score;
  scores.ip_colocation_factor = snapshot.ip_colocation;
  scores.behavioral_penalty = snapshot.behaviour;
  const gossipsub::ScoreSnapshot::Topic all = over_all_topics(snapshot);
  scores.blocks.time_in_mesh = std::chrono::duration<double>(all.time_in_mesh).count();
  scores.blocks.first_message_deliveries = all.first_deliveries;
  scores.blocks.mesh_message_deliveries = all.mesh_deliveries;
  scores.blocks.invalid_message_deliveries = all.invalid_messages;
  return scores;
}

}  // namespace

Reputation::Reputation(Loop& loop, const Config& config, ConfiguredGate& configured)
    : loop_(loop),
      configured_(configured),
      peerstore_(config.peerstore),
      scoring_(config.scoring == PeerScoring::kLight),
      slot_(reputation::slot_of(std::chrono::seconds(config.rollup.block_time))),
      books_(loop, scoring_ ? reputation::kRetainedSlots * slot_ : Duration::zero()),
      app_(scoring_ ? reputation::AppScore::Mode::kLight : reputation::AppScore::Mode::kNone, books_.scores()),
      gate_(loop, books_.bans(), books_.blocks(), books_.scores(), gate_options()),
      monitor_(books_.scores(), monitor_options()),
      tasks_(loop) {
  set(config);
}

void Reputation::set(const LiveConfig& config) {
  bans_ = config.bans;
  monitor_.set_threshold(bans_.threshold);
  monitor_.set_duration(bans_.duration);
  gate_.set_least_score(bans_.enabled ? std::optional(bans_.threshold) : std::nullopt);
  configured_.set(config);
  static_peers_.clear();
  static_ips_.clear();
  for (const Multiaddr& address : config.static_peers) {
    static_peers_.insert(address.peer_id().value());
    if (const auto ip = reputation::Ip::of(address)) static_ips_.insert(*ip);
  }
}

std::size_t Reputation::enforce() {
  return disconnect_if([this](const ConnectionInfo& connection) {
    return !gate_.admits(connection.peer, connection.remote) || !configured_.admits(connection.peer, connection.remote);
  });
}

std::size_t Reputation::enforce_configuration() {
  return disconnect_if(
      [this](const ConnectionInfo& connection) { return !configured_.admits(connection.peer, connection.remote); });
}

std::size_t Reputation::disconnect_if(const std::function<bool(const ConnectionInfo&)>& is_refused) {
  if (network_ == nullptr) return 0;
  std::set<PeerId> refused;
  for (const ConnectionInfo& connection : network_->connections()) {
    if (is_refused(connection)) refused.insert(connection.peer);
  }
  for (const PeerId& peer : refused) {
    kLog.info("disconnected, for it is not let in any more", {{"peer", peer.to_string()}});
    network_->disconnect(peer);
  }
  return refused.size();
}

void Reputation::unblock(const PeerId& peer) {
  gate_.unblock_peer(peer);
  books_.forgive(peer);
}

bool Reputation::lift_ban(const PeerId& peer) {
  const bool lifted = gate_.lift_ban(peer);
  if (lifted) books_.forgive(peer);
  return lifted;
}

reputation::GateOptions Reputation::gate_options() {
  reputation::GateOptions options;
  options.is_static = [this](const PeerId& peer) { return is_static(peer); };
  options.is_static_address = [this](const reputation::Ip& ip) { return static_ips_.contains(ip); };
  options.next = &configured_;
  return options;
}

reputation::MonitorOptions Reputation::monitor_options() {
  reputation::MonitorOptions options;
  options.is_static = [this](const PeerId& peer) { return is_static(peer); };
  return options;
}

Task<Result<void, std::string>> Reputation::start(Network& network, GossipSnapshots snapshots,
                                                  WorkerPool* store_thread) {
  network_ = &network;
  snapshots_ = std::move(snapshots);
  if (peerstore_) {
    OPW_CO_TRYV(co_await books_.open(*store_thread, peerstore_->file, peerstore_->reset_damaged, network.peerstore(),
                                     &network));
  } else {
    books_.begin();
  }
  (void)enforce();  // upon who came in before the books were read
  network.tags().define_decaying(DecayingTag(kAnswersTag, std::chrono::minutes(1), Decay::by_factor(0.75), 20));
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

void Reputation::on_valid_answer(const PeerId& peer) {
  app_.on_valid_response(peer, loop_.wall_now());
  if (network_ != nullptr) network_->tags().bump(peer, kAnswersTag, 1);
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

void Reputation::ban(const reputation::Ip& ip, WallTime until, std::string_view reason) {
  const auto banned = books_.bans().ips.ban(ip, until, reason, std::nullopt, loop_.wall_now());
  if (!banned) return;
  kLog.warn("address banned",
            {{"ip", ip.to_string()}, {"reason", banned->reason}, {"until", unix_seconds(banned->expiry)}});
  (void)disconnect_if([&](const ConnectionInfo& connection) {
    return !is_static(connection.peer) && reputation::Ip::of(connection.remote) == ip;
  });
}

Task<void> Reputation::close() {
  tasks_.cancel();
  co_await tasks_.join();
  co_await books_.close();
}

}  // namespace opwire::node
