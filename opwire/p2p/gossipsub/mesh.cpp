#include "opwire/p2p/gossipsub/mesh.hpp"

#include "opwire/p2p/gossipsub/errors.hpp"

namespace opwire::gossipsub {

void Mesh::join(Topic& topic, TimePoint now) {
  topic.joined = true;
  const PeerSet fanout = std::exchange(topic.fanout, {});
  for (const PeerId& id : fanout) {
    if (topic.mesh.size() < state_.params.d && !topic.backoffs.holds(id, now, slack())) {
      graft(*state_.find_peer(id), topic);
    }
  }
  if (topic.mesh.size() < state_.params.d) graft_some(topic, state_.params.d - topic.mesh.size(), false, now);
}

void Mesh::leave(Topic& topic, TimePoint now) {
  const PeerSet members = topic.mesh;
  for (const PeerId& id : members) prune(*state_.find_peer(id), topic, state_.params.unsubscribe_backoff, now);
  topic.joined = false;
}

void Mesh::on_graft(Peer& peer, std::string_view name, TimePoint now) {
  const Params& params = state_.params;
  Topic* topic = state_.find_topic(name);
  if (topic == nullptr || !topic->joined) return;  // no answer: it would cost us more than the spammer
  if (!peer.has_mesh() || topic->mesh.contains(peer.id)) return;

  if (const auto until = topic->backoffs.until(peer.id); until && now < *until) {
    const bool flood = now < *until - params.prune_backoff + params.graft_flood_threshold;
    state_.blame(peer.id, errors::kGraftInBackoff, flood ? 2 : 1);
    prune(peer, *topic, params.prune_backoff, now);
    return;
  }
  // Beyond d_hi only peers that we chose to dial: otherwise anybody could fill the mesh from outside.
  if (topic->mesh.size() >= params.d_hi && !peer.outbound) {
    prune(peer, *topic, params.prune_backoff, now);
    return;
  }
  add(peer.id, *topic);
}

void Mesh::on_prune(Peer& peer, const PruneView& view, TimePoint now) {
  Topic* topic = state_.find_topic(view.topic);
  if (topic == nullptr || !topic->joined) return;
  remove(peer.id, *topic);
  const auto longest =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(state_.params.max_backoff).count());
  const Duration backoff = view.backoff_seconds == 0
                               ? state_.params.prune_backoff
                               : Duration(std::chrono::seconds(std::min(view.backoff_seconds, longest)));
  topic->backoffs.set(peer.id, now + backoff);
}

void Mesh::remove(const PeerId& peer, Topic& topic) {
  if (topic.mesh.erase(peer) > 0) state_.actions.emplace_back(MeshChange{peer, topic.name, false});
}

void Mesh::maintain(TimePoint now) {
  const Params& params = state_.params;
  for (auto& [name, topic] : state_.topics) {
    if (!topic.joined) continue;
    if (topic.mesh.size() < params.d_lo) graft_some(topic, params.d - topic.mesh.size(), false, now);
    if (topic.mesh.size() >= params.d_hi) trim(topic, now);
    if (topic.mesh.size() >= params.d_lo) {
      const std::size_t outbound = outbound_count(topic);
      if (outbound < params.d_out) graft_some(topic, params.d_out - outbound, true, now);
    }
  }
}

void Mesh::expire_backoffs(TimePoint now) {
  for (auto& [name, topic] : state_.topics) topic.backoffs.expire(now, slack());
}

void Mesh::graft(Peer& peer, Topic& topic) {
  state_.output(peer).graft(topic.name);
  add(peer.id, topic);
}

void Mesh::add(const PeerId& peer, Topic& topic) {
  topic.mesh.insert(peer);
  state_.actions.emplace_back(MeshChange{peer, topic.name, true});
}

void Mesh::prune(Peer& peer, Topic& topic, Duration backoff, TimePoint now) {
  std::optional<std::chrono::seconds> told;
  if (peer.version >= Version::kV11) told = std::chrono::duration_cast<std::chrono::seconds>(backoff);
  state_.output(peer).prune(topic.name, told);
  topic.backoffs.set(peer.id, now + backoff);
  remove(peer.id, topic);
}

void Mesh::graft_some(Topic& topic, std::size_t count, bool outbound_only, TimePoint now) {
  const auto chosen = state_.choose(topic, count, [&](const Peer& peer) {
    return peer.has_mesh() && (peer.outbound || !outbound_only) && !topic.mesh.contains(peer.id) &&
           !topic.backoffs.holds(peer.id, now, slack());
  });
  for (Peer* peer : chosen) graft(*peer, topic);
}

void Mesh::trim(Topic& topic, TimePoint now) {
  const Params& params = state_.params;
  std::vector<PeerId> members(topic.mesh.begin(), topic.mesh.end());
  state_.rng.shuffle(members);
  // The first d stay. Outbound peers from behind take the places of inbound ones until there are d_out.
  const auto outbound = [this](const PeerId& id) { return state_.find_peer(id)->outbound; };
  auto kept = static_cast<std::size_t>(std::count_if(members.begin(), members.begin() + params.d, outbound));
  for (std::size_t i = params.d, inbound = 0; i < members.size() && kept < params.d_out; ++i) {
    if (!outbound(members[i])) continue;
    while (outbound(members[inbound])) ++inbound;
    std::swap(members[i], members[inbound]);
    ++kept;
  }
  for (std::size_t i = params.d; i < members.size(); ++i) {
    prune(*state_.find_peer(members[i]), topic, params.prune_backoff, now);
  }
}

std::size_t Mesh::outbound_count(const Topic& topic) {
  return static_cast<std::size_t>(
      std::ranges::count_if(topic.mesh, [this](const PeerId& id) { return state_.find_peer(id)->outbound; }));
}

}  // namespace opwire::gossipsub
