#include "opwire/p2p/gossipsub/delivery.hpp"

#include "opwire/p2p/gossipsub/errors.hpp"

namespace opwire::gossipsub {
namespace {

bool has_author(const MessageView& message) {
  return message.from || message.seqno || message.signature || message.key;
}

/// The data as a slice of the RPC, or on their own where they would keep much more than themselves alive.
Buffer take_data(const Buffer& rpc, ByteView data) {
  if (data.empty()) return {};
  if (data.size() < rpc.block_size() / 2) return Buffer::copy_of(data);
  return rpc.slice(static_cast<std::size_t>(data.data() - rpc.data()), data.size());
}

/// Of the topic's peers, those that know no mesh and get everything.
template <class Visit>
void for_each_floodsub_peer(State& state, const Topic& topic, Visit visit) {
  for (const PeerId& id : topic.peers) {
    if (!state.find_peer(id)->has_mesh()) visit(id);
  }
}

// While it is under validation.
std::size_t held_bytes(const Message& message) noexcept {
  return message.data.block_size() + message.content_size;
}

}  // namespace

Delivery::Delivery(State& state, Gossip& gossip, Fanout& fanout, MessageDecoder& decoder)
    : state_(state),
      gossip_(gossip),
      fanout_(fanout),
      decoder_(decoder),
      recent_(state.params.history_length, state.params.max_recent_bytes, state.hash) {}

void Delivery::on_message(Peer& peer, const Buffer& rpc, const MessageView& view, TimePoint now) {
  Stats& stats = state_.stats;
  const Topic* topic = state_.find_topic(view.topic);
  if (topic == nullptr || !topic->joined) {
    ++stats.not_subscribed;
    return;
  }
  if (has_author(view)) {
    ++stats.unexpected_author;
    state_.blame(peer.id, errors::kUnexpectedAuthor);
    return;
  }
  if (recent_.find(view.topic, view.data)) {
    ++stats.duplicate_bytes;
    return;
  }
  // Before its id is marked as seen: gossip may bring it again when there is room.
  if (is_full(view.data.size())) {
    ++stats.throttled;
    gossip_.forgive(peer.id);
    return;
  }
  Decoded decoded = decoder_.decode(view);
  ++stats.decoded;
  gossip_.fulfil(decoded.id);
  if (!state_.seen.add(decoded.id, now)) {
    ++stats.duplicate_ids;
    return;
  }
  MessagePtr message(new Message(decoded.id, view.topic, take_data(rpc, view.data)));
  message->content = std::move(decoded.content);
  message->content_size = decoded.content_size;
  message->from = peer.id;
  message->received = now;
  recent_.add(message);
  if (message->data.size() >= state_.params.idontwant_threshold) gossip_.tell_unwanted(*topic, *message);
  ++pending_;
  pending_bytes_ += held_bytes(*message);
  state_.actions.emplace_back(ValidateMessage{std::move(message)});
}

bool Delivery::is_full(std::size_t size) const noexcept {
  if (pending_ == 0) return false;
  return pending_ >= state_.params.max_pending || pending_bytes_ + size > state_.params.max_pending_bytes;
}

void Delivery::on_verdict(const MessagePtr& message, Verdict verdict) {
  OPW_CHECK(!message->verdict && pending_ > 0);
  message->verdict = verdict;
  --pending_;
  pending_bytes_ -= held_bytes(*message);
  switch (verdict) {
    case Verdict::kAccept:
      ++state_.stats.accepted;
      accept(message);
      break;
    case Verdict::kReject:
      ++state_.stats.rejected;
      state_.blame(*message->from, errors::kInvalidMessage);
      break;
    case Verdict::kIgnore:
      ++state_.stats.ignored;
      break;
  }
  message->content.reset();
}

void Delivery::accept(const MessagePtr& message) {
  const Topic* topic = state_.find_topic(message->topic);
  if (topic == nullptr || !topic->joined) return;  // we left while it was validated
  message->frame = make_message_frame(message->topic, message->data);
  state_.cache.put(message);
  send(message, topic->mesh);
  for_each_floodsub_peer(state_, *topic, [&](const PeerId& id) {
    if (id != message->from) state_.send_message(*state_.find_peer(id), message);
  });
  state_.actions.emplace_back(DeliverMessage{message, std::move(message->content)});
}

Result<MessagePtr> Delivery::publish(std::string_view name, Buffer data, TimePoint now) {
  const Params& params = state_.params;
  if (!params.allows(name)) return errors::kTopicNotAllowed;
  if (message_rpc_size(name, data.size()) >= params.max_rpc_size) return errors::kMessageTooLarge;
  MessageView view;
  view.topic = name;
  view.data = data;
  const Decoded decoded = decoder_.decode(view);
  if (!state_.seen.add(decoded.id, now)) return errors::kAlreadySeen;

  MessagePtr message(new Message(decoded.id, name, std::move(data)));
  message->received = now;
  message->verdict = Verdict::kAccept;
  message->frame = make_message_frame(message->topic, message->data);
  recent_.add(message);
  state_.cache.put(message);
  ++state_.stats.published;

  Topic& topic = state_.topic(name);
  if (message->data.size() >= params.idontwant_threshold) gossip_.tell_unwanted(topic, *message);
  send(message, publish_targets(topic, now));
  state_.release(name);
  return message;
}

PeerSet Delivery::publish_targets(Topic& topic, TimePoint now) {
  if (state_.params.flood_publish) return topic.peers;
  PeerSet targets;
  if (topic.joined) {
    targets = topic.mesh;
    // A mesh that is still forming: what is new in the network should not depend on one or two peers.
    const std::size_t missing = state_.params.d - std::min(state_.params.d, targets.size());
    const auto others = state_.choose(topic, missing, [&](const Peer& p) { return !topic.mesh.contains(p.id); });
    for (const Peer* peer : others) targets.insert(peer->id);
  } else {
    targets = fanout_.peers(topic, now);
  }
  for_each_floodsub_peer(state_, topic, [&](const PeerId& id) { targets.insert(id); });
  return targets;
}

void Delivery::send(const MessagePtr& message, const PeerSet& to) {
  for (const PeerId& id : to) {
    if (id != message->from) state_.send_message(*state_.find_peer(id), message);
  }
}

}  // namespace opwire::gossipsub
