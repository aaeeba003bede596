#include "opwire/p2p/gossipsub/gossip.hpp"

#include "opwire/p2p/gossipsub/errors.hpp"

namespace opwire::gossipsub {

namespace {
constexpr unsigned kFamilyPatience = 20;  // rounds of gossip; an honest peer would have shown its family in them
}  // namespace

void Gossip::on_ihave(Peer& peer, const std::vector<IhaveView>& entries, TimePoint now) {
  if (entries.empty() || !state_.may_gossip(peer)) return;
  const Params& params = state_.params;
  Peer::Counters& counters = peer.counters;
  if (++counters.ihave_rpcs > params.max_ihave_messages || counters.asked >= params.max_ihave_length) {
    ++state_.stats.ihave_ignored;
    return;
  }
  std::vector<MessageId> wanted = unseen(peer, entries);
  if (wanted.empty()) return;
  state_.rng.shuffle(wanted);
  const std::size_t room = params.max_ihave_length - counters.asked;
  if (wanted.size() > room) {
    state_.stats.ihave_ignored += wanted.size() - room;
    wanted.erase(wanted.begin() + static_cast<std::ptrdiff_t>(room), wanted.end());
  }
  const std::size_t dropped = state_.output(peer).iwant(wanted);
  state_.stats.gossip_ids_dropped += dropped;
  counters.asked += wanted.size();
  if (dropped < wanted.size()) promises_.add(peer.id, wanted.front(), now + params.iwant_followup);
}

std::vector<MessageId> Gossip::unseen(Peer& peer, const std::vector<IhaveView>& entries) {
  std::vector<MessageId> ids;
  for (const IhaveView& entry : entries) {
    const Topic* topic = state_.find_topic(entry.topic);
    if (topic == nullptr || !topic->joined) continue;
    IdList list = entry.ids;
    while (const std::optional<ByteView> bytes = list.next()) {
      if (++peer.counters.ihave_ids > max_ids()) {
        ++state_.stats.ihave_ignored;
        break;
      }
      const std::optional<MessageId> id = MessageId::from(*bytes);
      if (id && !state_.seen.contains(state_.understand(peer, *id))) ids.push_back(*id);
    }
  }
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

void Gossip::on_iwant(Peer& peer, const std::vector<IdList>& entries) {
  if (entries.empty() || !state_.may_gossip(peer)) return;
  for (IdList list : entries) {
    while (const std::optional<ByteView> bytes = list.next()) {
      if (++peer.counters.iwant_ids > max_ids()) {
        ++state_.stats.iwant_ignored;
        return;
      }
      const std::optional<MessageId> told = MessageId::from(*bytes);
      if (!told) continue;
      const MessageId* aliased = state_.aliases.id_of(*told);
      const MessagePtr message = state_.cache.find(aliased != nullptr ? *aliased : *told);
      if (!message) continue;
      if (state_.cache.count_request(message->id, peer.id) > state_.params.gossip_retransmission) {
        ++state_.stats.iwant_ignored;
      } else {
        state_.send_message(peer, message);
      }
    }
  }
}

void Gossip::on_idontwant(Peer& peer, const std::vector<IdList>& entries, TimePoint now) {
  if (entries.empty()) return;
  if (++peer.counters.idontwant_rpcs > state_.params.max_idontwant_messages) {
    ++state_.stats.idontwant_ignored;
    return;
  }
  std::size_t heeded = 0;
  for (IdList list : entries) {
    while (const std::optional<ByteView> bytes = list.next()) {
      if (++heeded > kMaxIdontwantIds) {
        ++state_.stats.idontwant_ignored;
        return;
      }
      const std::optional<MessageId> told = MessageId::from(*bytes);
      if (!told) continue;
      const MessageId id = state_.understand(peer, *told);
      peer.unwanted.add(id, now);
      state_.stats.messages_unwanted += peer.queue.cancel(id);
    }
  }
}

void Gossip::tell_unwanted(const Topic& topic, const Message& message) {
  for (const PeerId& member : topic.mesh) {
    Peer& peer = *state_.find_peer(member);
    if (peer.version < Version::kV12 || message.from == member) continue;
    state_.stats.gossip_ids_dropped += state_.output(peer).idontwant(state_.word_for(peer, message.id));
  }
}

void Gossip::emit() {
  const std::size_t most = state_.params.max_ihave_length;
  for (const auto& [name, topic] : state_.topics) {
    if (!topic.joined && topic.fanout.empty()) continue;
    std::vector<MessageId> ids = state_.cache.gossip_ids(name);
    if (ids.empty()) continue;
    for (Peer* peer : choose_listeners(topic)) {
      state_.rng.shuffle(ids);  // peers that hear of a part each hear of another one
      std::vector<MessageId> told(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), most)));
      for (MessageId& id : told) id = state_.word_for(*peer, id);
      state_.stats.gossip_ids_dropped += state_.output(*peer).ihave(name, told);
    }
  }
}

std::vector<Peer*> Gossip::choose_listeners(const Topic& topic) {
  const PeerSet& served = topic.joined ? topic.mesh : topic.fanout;
  std::vector<Peer*> candidates = state_.choose(topic, topic.peers.size(), [&](const Peer& peer) {
    return peer.can_mesh() && !served.contains(peer.id) && state_.may_gossip(peer);
  });
  std::erase_if(candidates, [this](Peer* peer) { return !knows_words(*peer) && ++peer->left_out <= kFamilyPatience; });
  const auto share = static_cast<std::size_t>(state_.params.gossip_factor * static_cast<double>(candidates.size()));
  const std::size_t target = std::max(state_.params.d_lazy, share);
  if (candidates.size() > target) candidates.resize(target);
  return candidates;
}

bool Gossip::knows_words(const Peer& peer) const noexcept {
  return !state_.two_families || peer.family != IdFamily::kUnknown;
}

void Gossip::blame_broken_promises(TimePoint now) {
  for (const Promises::Broken& broken : promises_.take_broken(now)) {
    state_.stats.broken_promises += broken.count;
    state_.penalise(broken.peer, errors::kBrokenPromise, broken.count);
  }
}

}  // namespace opwire::gossipsub
