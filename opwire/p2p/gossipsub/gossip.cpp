#include "opwire/p2p/gossipsub/gossip.hpp"

#include <array>
#include <utility>

#include "opwire/p2p/gossipsub/errors.hpp"

namespace opwire::gossipsub {

namespace {
// Each sample costs one broken promise at most. op-node blames nobody for six, and halves their count in 18 s: one in
// 20 rounds of half a second adds up to little more than three, for ever. A peer that has got a message by its sample
// tells its neighbours, us among them, long before the next.
constexpr unsigned kRoundsBetweenSamples = 20;
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
      if (!message || note_asked(peer, message->id, aliased != nullptr)) continue;
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
  for (auto& [id, peer] : state_.peers) learn_from_sample(peer);
  for (const auto& [name, topic] : state_.topics) {
    if (!topic.joined && topic.fanout.empty()) continue;
    std::vector<MessageId> ids = state_.cache.gossip_ids(name);
    if (ids.empty()) continue;
    const std::optional<MessageId> sample = choose_sample(name);
    for (Peer* peer : choose_listeners(topic, sample.has_value())) {
      state_.rng.shuffle(ids);  // peers that hear of a part each hear of another one
      if (knows_words(*peer)) {
        tell(*peer, name, ids);
      } else {
        tell_sample(*peer, name, *sample);
      }
    }
  }
}

void Gossip::tell(Peer& peer, const std::string& topic, const std::vector<MessageId>& ids) {
  const std::size_t most = std::min(ids.size(), state_.params.max_ihave_length);
  std::vector<MessageId> told(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(most));
  for (MessageId& id : told) id = state_.word_for(peer, id);
  state_.stats.gossip_ids_dropped += state_.output(peer).ihave(topic, told);
}

std::vector<Peer*> Gossip::choose_listeners(const Topic& topic, bool with_sample) {
  const PeerSet& served = topic.joined ? topic.mesh : topic.fanout;
  std::vector<Peer*> candidates = state_.choose(topic, topic.peers.size(), [&](const Peer& peer) {
    return peer.can_mesh() && !served.contains(peer.id) && state_.may_gossip(peer);
  });
  std::erase_if(candidates,
                [&](const Peer* peer) { return !knows_words(*peer) && (!with_sample || peer->rounds_to_sample > 0); });
  const auto share = static_cast<std::size_t>(state_.params.gossip_factor * static_cast<double>(candidates.size()));
  const std::size_t target = std::max(state_.params.d_lazy, share);
  if (candidates.size() > target) candidates.resize(target);
  return candidates;
}

bool Gossip::knows_words(const Peer& peer) const noexcept {
  return !state_.two_families || peer.family != IdFamily::kUnknown;
}

// A message of the round before, at least: most peers have it by now, and have shown their family by an IHAVE of it, or
// will show it by what they ask for.
std::optional<MessageId> Gossip::choose_sample(const std::string& topic) const {
  if (!state_.two_families) return std::nullopt;
  for (const MessageId& id : state_.cache.gossip_ids(topic, state_.params.history_gossip > 1 ? 1 : 0)) {
    const MessageId* const alias = state_.aliases.alias_of(id);
    const MessageId* const back = alias != nullptr ? state_.aliases.id_of(*alias) : nullptr;
    if (back != nullptr && *back == id) return id;  // an alias that two messages share would tell nothing
  }
  return std::nullopt;
}

void Gossip::tell_sample(Peer& peer, const std::string& topic, const MessageId& id) {
  peer.sample = Peer::Sample{id};
  peer.rounds_to_sample = kRoundsBetweenSamples;
  const std::array told{id, *state_.aliases.alias_of(id)};
  state_.stats.gossip_ids_dropped += state_.output(peer).ihave(topic, told);
}

bool Gossip::note_asked(Peer& peer, const MessageId& id, bool as_alias) {
  if (!peer.sample || peer.sample->id != id) return false;
  bool& asked = as_alias ? peer.sample->asked_alias : peer.sample->asked_ours;
  const bool before = as_alias ? peer.sample->asked_ours : peer.sample->asked_alias;
  return !std::exchange(asked, true) && before;
}

// At the next round, for one answer may come in two RPCs. An IWANT for any other id tells nothing: only that the peer
// does not have the message, or does not know it by that id.
void Gossip::learn_from_sample(Peer& peer) {
  if (peer.rounds_to_sample > 0) --peer.rounds_to_sample;
  if (!peer.sample || (!peer.sample->asked_ours && !peer.sample->asked_alias)) return;
  const Peer::Sample sample = *std::exchange(peer.sample, std::nullopt);
  if (peer.family != IdFamily::kUnknown || sample.asked_ours == sample.asked_alias) return;
  peer.family = sample.asked_ours ? IdFamily::kAlias : IdFamily::kOurs;
}

void Gossip::blame_broken_promises(TimePoint now) {
  for (const Promises::Broken& broken : promises_.take_broken(now)) {
    state_.stats.broken_promises += broken.count;
    state_.penalise(broken.peer, errors::kBrokenPromise, broken.count);
  }
}

}  // namespace opwire::gossipsub
