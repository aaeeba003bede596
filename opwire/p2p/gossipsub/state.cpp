#include "opwire/p2p/gossipsub/state.hpp"

namespace opwire::gossipsub {

Peer* State::find_peer(const PeerId& id) {
  const auto found = peers.find(id);
  return found == peers.end() ? nullptr : &found->second;
}

Topic* State::find_topic(std::string_view name) {
  const auto found = topics.find(name);
  return found == topics.end() ? nullptr : &found->second;
}

Topic& State::topic(std::string_view name) {
  if (Topic* known = find_topic(name)) return *known;
  const std::string key(name);
  return topics.try_emplace(key, key, params).first->second;
}

void State::release(std::string_view name) {
  const auto found = topics.find(name);
  if (found != topics.end() && found->second.idle()) topics.erase(found);
}

OutboundQueue& State::output(Peer& peer) {
  if (!peer.output_told) {
    peer.output_told = true;
    actions.emplace_back(OutputReady{peer.id});
  }
  return peer.queue;
}

void State::send_message(Peer& peer, const MessagePtr& message) {
  if (peer.unwanted.contains(message->id)) {
    ++stats.messages_unwanted;
  } else if (output(peer).message(message)) {
    ++stats.messages_queued;
  } else {
    ++stats.messages_dropped;
  }
}

void State::blame(const PeerId& peer, const ErrorKind& fault, unsigned count) {
  actions.emplace_back(Misbehaviour{peer, fault, count});
}

void State::penalise(const PeerId& peer, const ErrorKind& fault, unsigned count) {
  if (scores) scores->add_penalty(peer, count);
  blame(peer, fault, count);
}

const ScoreThresholds& State::thresholds() const noexcept {
  static const ScoreThresholds kNone;
  return params.scoring ? params.scoring->thresholds : kNone;
}

MessageId State::understand(Peer& peer, const MessageId& told) {
  if (const MessageId* id = aliases.id_of(told)) {
    peer.family = IdFamily::kAlias;
    return *id;
  }
  if (seen.contains(told)) peer.family = IdFamily::kOurs;
  return told;
}

const MessageId& State::word_for(const Peer& peer, const MessageId& id) const {
  if (peer.family != IdFamily::kAlias) return id;
  const MessageId* alias = aliases.alias_of(id);
  return alias != nullptr ? *alias : id;
}

std::vector<Peer*> State::choose(const Topic& topic, std::size_t count, const std::function<bool(const Peer&)>& take) {
  std::vector<Peer*> chosen;
  if (count == 0) return chosen;
  for (const PeerId& id : topic.peers) {
    Peer* peer = find_peer(id);
    if (take(*peer)) chosen.push_back(peer);
  }
  rng.shuffle(chosen);
  if (chosen.size() > count) chosen.resize(count);
  return chosen;
}

}  // namespace opwire::gossipsub
