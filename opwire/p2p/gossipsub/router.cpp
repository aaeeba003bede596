#include "opwire/p2p/gossipsub/router.hpp"

#include "opwire/p2p/gossipsub/errors.hpp"

namespace opwire::gossipsub {

namespace {
constexpr std::uint64_t kBackoffSweep = 15;  // heartbeats between two looks for back-offs that ended

/// Whether the time has come; none was set: now. Moves it on by whole intervals, so that late heartbeats do not slow
/// decay down.
bool is_due(TimePoint& next, Duration interval, TimePoint now) {
  if (next == TimePoint{}) next = now;
  if (now < next) return false;
  next += ((now - next) / interval + 1) * interval;
  return true;
}
}  // namespace

Router::Router(Params params, RouterContext context)
    : state_(std::move(params), std::move(context)),
      mesh_(state_),
      gossip_(state_),
      fanout_(state_),
      delivery_(state_, gossip_, fanout_) {
  OPW_CHECK(state_.params.validate().has_value());
  OPW_CHECK((state_.params.signing == SignaturePolicy::kStrictSign) == state_.context.author.has_value());
}

void Router::on_peer_connected(const PeerId& id, Version version, bool outbound, const Multiaddr& remote) {
  const auto [entry, added] = state_.peers.try_emplace(id, id, version, outbound, state_.params, state_.hash);
  OPW_CHECK(added);
  ++state_.stats.peers_added;
  if (state_.scores) state_.scores->on_connected(id, remote);
  if (state_.gater) state_.gater->on_connected(id, remote);
  greet(entry->second);
}

void Router::greet(Peer& peer) {
  for (const auto& [name, topic] : state_.topics) {
    if (topic.joined) state_.output(peer).subscription(name, true);
  }
}

void Router::on_peer_moved(const PeerId& id, bool outbound, const Multiaddr& remote, TimePoint now) {
  Peer* peer = state_.find_peer(id);
  if (peer == nullptr) return;
  peer->outbound = outbound;
  if (state_.scores) state_.scores->on_connected(id, remote);
  if (!state_.gater) return;
  state_.gater->on_disconnected(id, now);
  state_.gater->on_connected(id, remote);
}

void Router::on_stream_reopened(const PeerId& id, Version version) {
  Peer* peer = state_.find_peer(id);
  if (peer == nullptr) return;
  // A GRAFT may have been lost with the queue: the mesh begins afresh.
  for (auto& [name, topic] : state_.topics) mesh_.remove(id, topic);
  peer->version = version;
  peer->queue = OutboundQueue(state_.params.outbound);
  peer->output_told = false;
  greet(*peer);
}

void Router::on_peer_disconnected(const PeerId& id, TimePoint now) {
  Peer* peer = state_.find_peer(id);
  if (peer == nullptr) return;
  for (const std::string& name : peer->topics) remove_from_topic(id, name);
  // A mesh may hold a peer that grafted without having subscribed.
  for (auto& [name, topic] : state_.topics) mesh_.remove(id, topic);
  // What it promised stays promised, or to hang up in time would be a way to tell of messages that there are not.
  if (state_.scores) state_.scores->on_disconnected(id, now);
  if (state_.gater) state_.gater->on_disconnected(id, now);
  state_.peers.erase(id);
  ++state_.stats.peers_removed;
}

Result<void> Router::on_rpc(const PeerId& id, const Buffer& rpc, TimePoint now) {
  Peer* peer = state_.find_peer(id);
  if (peer == nullptr) return {};
  if (rpc.size() > state_.params.max_rpc_size) return errors::kRpcTooLarge;
  OPW_TRYV(parse_rpc(rpc, state_.params.rpc, rpc_));
  ++state_.stats.rpcs_received;
  state_.stats.entries_passed_over += rpc_.passed_over;

  for (const SubscriptionView& view : rpc_.subscriptions) on_subscription(*peer, view);
  if (!peer->direct && state_.score(id) < state_.thresholds().graylist) {
    ++state_.stats.graylisted;
    return {};
  }
  on_messages(*peer, rpc, now);
  if (peer->has_mesh()) on_control(*peer, now);
  return {};
}

void Router::on_messages(Peer& peer, const Buffer& rpc, TimePoint now) {
  if (rpc_.messages.empty()) return;
  if (state_.gater && !peer.direct && !state_.gater->admits_messages(peer.id, now, state_.rng)) {
    state_.stats.gated += rpc_.messages.size();
    gossip_.forgive(peer.id);
    return;
  }
  for (const MessageView& view : rpc_.messages) delivery_.on_message(peer, rpc, view, now);
}

void Router::on_control(Peer& peer, TimePoint now) {
  gossip_.on_ihave(peer, rpc_.ihave, now);
  gossip_.on_iwant(peer, rpc_.iwant);
  for (const std::string_view topic : rpc_.graft) mesh_.on_graft(peer, topic, now);
  for (const PruneView& view : rpc_.prune) mesh_.on_prune(peer, view, now);
  gossip_.on_idontwant(peer, rpc_.idontwant, now);
}

void Router::on_subscription(Peer& peer, const SubscriptionView& view) {
  if (!view.subscribe) {
    if (const auto known = peer.topics.find(view.topic); known != peer.topics.end()) {
      peer.topics.erase(known);
      remove_from_topic(peer.id, view.topic);
    }
    return;
  }
  if (peer.topics.contains(view.topic)) return;
  if (!state_.params.allows(view.topic) || peer.topics.size() >= state_.params.max_topics_per_peer) {
    ++state_.stats.subscriptions_ignored;
    return;
  }
  peer.topics.emplace(view.topic);
  state_.topic(view.topic).peers.insert(peer.id);
  state_.actions.emplace_back(TopicChange{peer.id, std::string(view.topic), true});
}

void Router::remove_from_topic(const PeerId& peer, std::string_view name) {
  Topic& topic = state_.topic(name);
  topic.peers.erase(peer);
  topic.fanout.erase(peer);
  mesh_.remove(peer, topic);
  state_.actions.emplace_back(TopicChange{peer, topic.name, false});
  state_.release(name);
}

Result<void> Router::subscribe(std::string_view name, TimePoint now) {
  if (!state_.params.allows(name)) return errors::kTopicNotAllowed;
  Topic& topic = state_.topic(name);
  if (topic.joined) return {};
  announce(name, true);
  ++state_.stats.topics_joined;
  mesh_.join(topic, now);
  return {};
}

void Router::unsubscribe(std::string_view name, TimePoint now) {
  Topic* topic = state_.find_topic(name);
  if (topic == nullptr || !topic->joined) return;
  announce(name, false);
  ++state_.stats.topics_left;
  mesh_.leave(*topic, now);
  gossip_.forgive_all();
  state_.release(name);
}

void Router::announce(std::string_view topic, bool subscribe) {
  for (auto& [id, peer] : state_.peers) state_.output(peer).subscription(topic, subscribe);
}

Result<MessagePtr> Router::publish(std::string_view topic, Buffer data, TimePoint now) {
  return delivery_.publish(topic, std::move(data), now);
}

void Router::on_validation_result(const MessagePtr& message, Verdict verdict, TimePoint now) {
  delivery_.on_verdict(message, verdict, now);
}

void Router::heartbeat(TimePoint now) {
  for (auto& [id, peer] : state_.peers) {
    peer.counters = {};
    peer.unwanted.expire(now);
  }
  ++beats_;
  refresh_scores(now);
  gossip_.blame_broken_promises(now);
  if ((beats_ - 1) % state_.params.direct_connect_beats == 0) reach_direct_peers();
  mesh_.maintain(now, beats_ % state_.params.opportunistic_graft_beats == 0);
  if (beats_ % kBackoffSweep == 0) mesh_.expire_backoffs(now);
  fanout_.maintain(now);
  gossip_.emit();
  state_.cache.shift();
  delivery_.shift();
  state_.seen.expire(now);
  state_.aliases.expire(now);
  std::erase_if(state_.topics, [](const auto& entry) { return entry.second.idle(); });
}

void Router::refresh_scores(TimePoint now) {
  if (state_.scores && is_due(next_score_refresh_, state_.scores->params().decay_interval, now)) {
    state_.scores->refresh(now);
  }
  if (state_.gater && is_due(next_gater_refresh_, state_.gater->params().decay_interval, now)) {
    state_.gater->refresh(now);
  }
}

void Router::set_direct_peers(std::vector<PeerId> peers, TimePoint now) {
  state_.params.direct_peers = std::move(peers);
  for (auto& [id, peer] : state_.peers) {
    peer.direct = std::ranges::find(state_.params.direct_peers, id) != state_.params.direct_peers.end();
    if (peer.direct) mesh_.dismiss(peer, now);
  }
}

void Router::reach_direct_peers() {
  for (const PeerId& id : state_.params.direct_peers) {
    if (state_.find_peer(id) == nullptr) state_.actions.emplace_back(ConnectPeer{id, {}});
  }
}

void Router::take_actions(Actions& into) {
  into.clear();
  into.swap(state_.actions);
}

std::optional<Frame> Router::next_frame(const PeerId& id, std::optional<TimePoint> now) {
  Peer* peer = state_.find_peer(id);
  if (peer == nullptr) return std::nullopt;
  std::optional<TimePoint> arrived;
  std::optional<Frame> frame = peer->queue.pop(&arrived);
  if (!frame) {
    peer->output_told = false;
    return frame;
  }
  ++state_.stats.rpcs_sent;
  if (arrived && now) state_.hops.note(*now - *arrived);
  return frame;
}

QueuedOutput Router::queued() const {
  QueuedOutput all;
  for (const auto& [id, peer] : state_.peers) {
    all.messages += peer.queue.messages();
    all.bytes += peer.queue.message_bytes();
    all.longest = std::max(all.longest, peer.queue.messages());
  }
  return all;
}

std::vector<std::string> Router::topics() const {
  std::vector<std::string> names;
  for (const auto& [name, topic] : state_.topics) names.push_back(name);
  return names;
}

std::vector<PeerId> Router::topic_peers(std::string_view name) const {
  const auto found = state_.topics.find(name);
  if (found == state_.topics.end()) return {};
  return {found->second.peers.begin(), found->second.peers.end()};
}

std::vector<PeerId> Router::mesh_peers(std::string_view name) const {
  const auto found = state_.topics.find(name);
  if (found == state_.topics.end()) return {};
  return {found->second.mesh.begin(), found->second.mesh.end()};
}

IdFamily Router::family(const PeerId& id) const {
  const auto found = state_.peers.find(id);
  return found == state_.peers.end() ? IdFamily::kUnknown : found->second.family;
}

Result<void> Router::set_topic_score(std::string_view topic, const TopicScoreParams& params) {
  if (!state_.scores) return params.validate();
  return state_.scores->set_topic(topic, params);
}

std::vector<ScoreSnapshot> Router::scores() const {
  return state_.scores ? state_.scores->snapshots() : std::vector<ScoreSnapshot>();
}

}  // namespace opwire::gossipsub
