#include "opwire/p2p/gossipsub/mesh.hpp"

#include "opwire/p2p/gossipsub/errors.hpp"

namespace opwire::gossipsub {

namespace {
constexpr std::size_t kMaxRecords = kMaxControlSize / 2;  // bytes in one PRUNE, so that peers still take the RPC
}  // namespace

void Mesh::join(Topic& topic, TimePoint now) {
  topic.joined = true;
  const PeerSet fanout = std::exchange(topic.fanout, {});
  for (const PeerId& id : fanout) {
    if (topic.mesh.size() >= state_.params.d) break;
    if (state_.score(id) < 0 || topic.backoffs.holds(id, now, slack())) continue;
    graft(*state_.find_peer(id), topic, now);
  }
  if (topic.mesh.size() < state_.params.d) graft_some(topic, state_.params.d - topic.mesh.size(), now);
}

void Mesh::leave(Topic& topic, TimePoint now) {
  const PeerSet members = topic.mesh;
  for (const PeerId& id : members) {
    prune(*state_.find_peer(id), topic, state_.params.unsubscribe_backoff, Exchange::kYes, now);
  }
  topic.joined = false;
}

void Mesh::on_graft(Peer& peer, std::string_view name, TimePoint now) {
  const Params& params = state_.params;
  Topic* topic = state_.find_topic(name);
  if (topic == nullptr || !topic->joined) return;  // no answer: it would cost us more than the spammer
  if (!peer.has_mesh() || topic->mesh.contains(peer.id)) return;

  if (peer.direct) return prune(peer, *topic, params.prune_backoff, Exchange::kNo, now);
  if (const auto until = topic->backoffs.until(peer.id); until && now < *until) {
    const bool flood = now < *until - params.prune_backoff + params.graft_flood_threshold;
    state_.penalise(peer.id, errors::kGraftInBackoff, flood ? 2 : 1);
    return prune(peer, *topic, params.prune_backoff, Exchange::kNo, now);
  }
  if (state_.score(peer.id) < 0) return prune(peer, *topic, params.prune_backoff, Exchange::kNo, now);
  // Beyond d_hi only peers that we chose to dial: otherwise anybody could fill the mesh from outside.
  if (topic->mesh.size() >= params.d_hi && !peer.outbound) {
    return prune(peer, *topic, params.prune_backoff, Exchange::kYes, now);
  }
  add(peer.id, *topic, now);
}

void Mesh::on_prune(Peer& peer, const PruneView& view, TimePoint now) {
  Topic* topic = state_.find_topic(view.topic);
  if (topic == nullptr || !topic->joined) return;
  if (remove(peer.id, *topic)) ++state_.stats.prunes;
  const auto longest =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(state_.params.max_backoff).count());
  const Duration backoff = view.backoff_seconds == 0
                               ? state_.params.prune_backoff
                               : Duration(std::chrono::seconds(std::min(view.backoff_seconds, longest)));
  topic->backoffs.set(peer.id, now + backoff);
  take_other_peers(peer, view.peers);
}

void Mesh::dismiss(Peer& peer, TimePoint now) {
  for (auto& [name, topic] : state_.topics) {
    if (topic.mesh.contains(peer.id)) prune(peer, topic, state_.params.prune_backoff, Exchange::kNo, now);
  }
}

bool Mesh::remove(const PeerId& peer, Topic& topic) {
  if (topic.mesh.erase(peer) == 0) return false;
  if (state_.scores) state_.scores->on_prune(peer, topic.name);
  state_.actions.emplace_back(MeshChange{peer, topic.name, false});
  return true;
}

void Mesh::maintain(TimePoint now, bool look_for_better) {
  const Params& params = state_.params;
  for (auto& [name, topic] : state_.topics) {
    if (!topic.joined) continue;
    if (state_.scores) drop_negative(topic, now);
    if (topic.mesh.size() < params.d_lo) graft_some(topic, params.d - topic.mesh.size(), now);
    if (topic.mesh.size() >= params.d_hi) trim(topic, now);
    if (topic.mesh.size() >= params.d_lo) {
      const std::size_t outbound = outbound_count(topic);
      if (outbound < params.d_out) {
        graft_some(topic, params.d_out - outbound, now, [](const Peer& peer) { return peer.outbound; });
      }
    }
    if (look_for_better && state_.scores) graft_better(topic, now);
  }
}

void Mesh::expire_backoffs(TimePoint now) {
  for (auto& [name, topic] : state_.topics) topic.backoffs.expire(now, slack());
}

void Mesh::graft(Peer& peer, Topic& topic, TimePoint now) {
  state_.output(peer).graft(topic.name);
  add(peer.id, topic, now);
}

void Mesh::add(const PeerId& peer, Topic& topic, TimePoint now) {
  topic.mesh.insert(peer);
  ++state_.stats.grafts;
  if (state_.scores) state_.scores->on_graft(peer, topic.name, now);
  state_.actions.emplace_back(MeshChange{peer, topic.name, true});
}

void Mesh::prune(Peer& peer, Topic& topic, Duration backoff, Exchange exchange, TimePoint now) {
  PruneWord word;
  if (peer.version >= Version::kV11) {
    word.backoff = std::chrono::duration_cast<std::chrono::seconds>(backoff);
    if (exchange == Exchange::kYes && state_.params.peer_exchange) word.peers = other_peers(peer, topic);
  }
  state_.output(peer).prune(topic.name, std::move(word));
  topic.backoffs.set(peer.id, now + backoff);
  if (remove(peer.id, topic)) ++state_.stats.prunes;
}

std::vector<Bytes> Mesh::other_peers(const Peer& pruned, const Topic& topic) {
  const auto chosen = state_.choose(topic, state_.params.px_peers, [&](const Peer& peer) {
    return peer.id != pruned.id && state_.score(peer.id) >= 0;
  });
  std::vector<Bytes> peers;
  std::size_t room = kMaxRecords;
  for (const Peer* peer : chosen) {
    Bytes record = state_.context.sealed_record ? state_.context.sealed_record(peer->id) : Bytes();
    if (record.size() > room) record.clear();
    room -= record.size();
    peers.push_back(encode_peer_info(peer->id, record));
  }
  return peers;
}

void Mesh::take_other_peers(Peer& from, IdList peers) {
  if (!state_.params.peer_exchange || state_.score(from.id) < state_.thresholds().accept_px) return;
  while (from.counters.px_peers < state_.params.px_peers) {
    const std::optional<ByteView> encoded = peers.next();
    if (!encoded) return;
    ++from.counters.px_peers;
    const Result<PeerInfoView> info = parse_peer_info(*encoded);
    if (!info) continue;
    const Result<PeerId> peer = PeerId::parse(info->id);
    if (!peer || *peer == state_.context.local || state_.find_peer(*peer) != nullptr) continue;
    state_.actions.emplace_back(ConnectPeer{*peer, to_bytes(info->record)});
  }
}

void Mesh::graft_some(Topic& topic, std::size_t count, TimePoint now, const std::function<bool(const Peer&)>& take) {
  const auto chosen = state_.choose(topic, count, [&](const Peer& peer) {
    return peer.can_mesh() && take(peer) && !topic.mesh.contains(peer.id) && state_.score(peer.id) >= 0 &&
           !topic.backoffs.holds(peer.id, now, slack());
  });
  for (Peer* peer : chosen) graft(*peer, topic, now);
}

void Mesh::drop_negative(Topic& topic, TimePoint now) {
  const PeerSet members = topic.mesh;
  for (const PeerId& id : members) {
    if (state_.score(id) < 0) prune(*state_.find_peer(id), topic, state_.params.prune_backoff, Exchange::kNo, now);
  }
}

std::vector<PeerId> Mesh::members_best_first(const Topic& topic) {
  std::vector<PeerId> members(topic.mesh.begin(), topic.mesh.end());
  state_.rng.shuffle(members);
  if (!state_.scores) return members;
  std::vector<std::pair<double, std::size_t>> ranks;  // equals stay in the order of chance
  for (std::size_t i = 0; i < members.size(); ++i) ranks.emplace_back(-state_.score(members[i]), i);
  std::ranges::sort(ranks);
  const auto best = ranks.begin() + static_cast<std::ptrdiff_t>(state_.params.d_score);
  std::sort(best, ranks.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  std::vector<PeerId> ranked;
  for (const auto& [score, i] : ranks) ranked.push_back(members[i]);
  return ranked;
}

void Mesh::trim(Topic& topic, TimePoint now) {
  const Params& params = state_.params;
  std::vector<PeerId> members = members_best_first(topic);
  // The first d stay. Outbound peers from behind take the places of inbound ones, the last ones first, until there are
  // d_out.
  const auto outbound = [this](const PeerId& id) { return state_.find_peer(id)->outbound; };
  const auto d = static_cast<std::ptrdiff_t>(params.d);
  auto kept = static_cast<std::size_t>(std::count_if(members.begin(), members.begin() + d, outbound));
  for (std::size_t i = params.d, inbound = params.d; i < members.size() && kept < params.d_out; ++i) {
    if (!outbound(members[i])) continue;
    do --inbound;
    while (outbound(members[inbound]));
    std::swap(members[i], members[inbound]);
    ++kept;
  }
  for (std::size_t i = params.d; i < members.size(); ++i) {
    prune(*state_.find_peer(members[i]), topic, params.prune_backoff, Exchange::kYes, now);
  }
}

void Mesh::graft_better(Topic& topic, TimePoint now) {
  if (topic.mesh.size() <= 1) return;
  std::vector<double> scores;
  for (const PeerId& id : topic.mesh) scores.push_back(state_.score(id));
  const auto middle = scores.begin() + static_cast<std::ptrdiff_t>(scores.size() / 2);
  std::ranges::nth_element(scores, middle);
  const double median = *middle;
  if (median >= state_.thresholds().opportunistic_graft) return;
  graft_some(topic, state_.params.opportunistic_graft_peers, now,
             [&](const Peer& peer) { return state_.score(peer.id) > median; });
}

std::size_t Mesh::outbound_count(const Topic& topic) {
  return static_cast<std::size_t>(
      std::ranges::count_if(topic.mesh, [this](const PeerId& id) { return state_.find_peer(id)->outbound; }));
}

}  // namespace opwire::gossipsub
