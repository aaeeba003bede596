#include "opwire/p2p/gossipsub/delivery.hpp"

#include <algorithm>

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

// While it is under validation.
std::size_t held_bytes(const Message& message) noexcept {
  return message.data.block_size() + message.content_size;
}

}  // namespace

Delivery::Delivery(State& state, Gossip& gossip, Fanout& fanout)
    : state_(state),
      gossip_(gossip),
      fanout_(fanout),
      decoder_(state.context.decoder),
      recent_(state.params.history_length, state.params.max_recent_bytes, state.hash) {}

void Delivery::on_message(Peer& peer, const Buffer& rpc, const MessageView& view, TimePoint now) {
  Stats& stats = state_.stats;
  Topic* topic = state_.find_topic(view.topic);
  if (topic == nullptr || !topic->joined) {
    ++stats.not_subscribed;
    return;
  }
  if (const Result<void> allowed = check_author(view); !allowed) return refuse(peer, view, allowed.error().kind());
  const bool is_signed = state_.params.signing == SignaturePolicy::kStrictSign;
  if (!is_signed) {
    if (const MessagePtr known = recent_.find(view.topic, view.data)) {
      ++stats.duplicate_bytes;
      return on_duplicate(peer, known->id, view, nullptr, now);
    }
  }
  // Before its id is marked as seen: gossip may bring it again when there is room.
  if (is_full(*topic, view.data.size() + decoder_.declared_size(view))) {
    ++stats.throttled;
    if (state_.gater) state_.gater->on_throttled(now);
    gossip_.forgive(peer.id);
    return;
  }
  Decoded decoded = decoder_.decode(view);
  ++stats.decoded;
  state_.seen.expire(now);
  if (state_.seen.contains(decoded.id)) {
    ++stats.duplicate_ids;
    return on_duplicate(peer, decoded.id, view, decoded.content, now);
  }
  std::optional<PeerId> author;
  if (is_signed) {
    // Before the id is marked: a forgery must not keep the real message out.
    const Result<PeerId> verified = verify_authorship(view);
    if (!verified) return refuse(peer, view, verified.error().kind());
    author = *verified;
  }
  state_.seen.add(decoded.id, now);
  heed_early_words(decoded.id);
  keep_promises(decoded.id, view, decoded.content, wants_alias(&peer), now);
  MessagePtr message = make_message(peer, rpc, view, std::move(decoded), now);
  message->author = author;
  if (message->data.size() >= state_.params.idontwant_threshold) gossip_.tell_unwanted(*topic, *message);
  if (state_.scores) state_.scores->on_pending(message->id, message->topic, peer.id, now);
  if (state_.gater) state_.gater->on_validated();
  ++topic->pending;
  hold(*message);
  state_.actions.emplace_back(ValidateMessage{std::move(message)});
}

Result<void> Delivery::check_author(const MessageView& view) const {
  if (state_.params.signing == SignaturePolicy::kStrictNoSign) {
    if (has_author(view)) return errors::kUnexpectedAuthor;
    return {};
  }
  if (!view.signature || view.signature->empty()) return errors::kUnsigned;
  if (view.from && equal(*view.from, state_.context.local.bytes())) return errors::kOwnMessage;
  return {};
}

void Delivery::refuse(Peer& peer, const MessageView& view, const ErrorKind& why) {
  ++state_.stats.refused_author;
  if (state_.scores) state_.scores->on_malformed(view.topic, peer.id);
  if (state_.gater) state_.gater->on_rejected(peer.id);
  state_.blame(peer.id, why);
}

void Delivery::on_duplicate(Peer& peer, const MessageId& id, const MessageView& view,
                            const std::shared_ptr<const void>& content, TimePoint now) {
  // It may be what we asked for under its other id.
  keep_promises(id, view, content, gossip_.awaits(peer.id), now);
  if (state_.scores) state_.scores->on_duplicate(id, view.topic, peer.id, now);
  if (state_.gater) state_.gater->on_duplicate(peer.id);
}

void Delivery::keep_promises(const MessageId& id, const MessageView& view, const std::shared_ptr<const void>& content,
                             bool with_alias, TimePoint now) {
  gossip_.fulfil(id);
  if (!with_alias) return;
  learn_alias(id, view, content, now);
  if (const MessageId* alias = state_.aliases.alias_of(id)) gossip_.fulfil(*alias);
}

// An IDONTWANT often comes ahead of its message, when no id in it means anything yet.
void Delivery::heed_early_words(const MessageId& id) {
  for (auto& [_, peer] : state_.peers) {
    if (peer.family == IdFamily::kUnknown && peer.unwanted.contains(id)) peer.family = IdFamily::kOurs;
  }
}

void Delivery::heed_early_words(const MessageId& id, const MessageId& alias, TimePoint now) {
  for (auto& [_, peer] : state_.peers) {
    if (!peer.unwanted.contains(alias)) continue;
    peer.family = IdFamily::kAlias;
    peer.unwanted.add(id, now);
  }
}

void Delivery::learn_alias(const MessageId& id, const MessageView& view, const std::shared_ptr<const void>& content,
                           TimePoint now) {
  if (state_.aliases.alias_of(id) != nullptr) return;
  const std::optional<MessageId> alias = decoder_.alias(view, content);
  if (!alias) return;
  state_.two_families = true;
  state_.aliases.add(id, *alias, now);
  heed_early_words(id, *alias, now);
}

bool Delivery::wants_alias(const Peer* from) const {
  if (from != nullptr && gossip_.awaits(from->id)) return true;
  return std::ranges::any_of(state_.peers, [](const auto& entry) {
    return entry.second.has_mesh() && entry.second.family != IdFamily::kOurs;
  });
}

MessagePtr Delivery::make_message(Peer& peer, const Buffer& rpc, const MessageView& view, Decoded decoded,
                                  TimePoint now) {
  MessagePtr message(new Message(decoded.id, view.topic, take_data(rpc, view.data)));
  message->content = std::move(decoded.content);
  message->content_size = decoded.content_size;
  message->from = peer.id;
  message->received = now;
  if (state_.params.signing == SignaturePolicy::kStrictSign) {
    message->authorship = std::make_unique<const Authorship>(take_authorship(view));
  } else {
    recent_.add(message);
  }
  return message;
}

bool Delivery::is_full(const Topic& topic, std::size_t size) const noexcept {
  if (pending_ == 0) return false;
  return pending_ >= state_.params.max_pending || topic.pending >= state_.params.max_pending_per_topic ||
         pending_bytes_ + size > state_.params.max_pending_bytes ||
         (is_large(size) && large_bytes_ > 0 && large_bytes_ + size > state_.params.max_pending_bytes / 4 * 3);
}

void Delivery::hold(const Message& message) noexcept {
  const std::size_t size = held_bytes(message);
  ++pending_;
  pending_bytes_ += size;
  if (is_large(size)) large_bytes_ += size;
}

void Delivery::let_go(const Message& message) noexcept {
  const std::size_t size = held_bytes(message);
  --pending_;
  pending_bytes_ -= size;
  if (is_large(size)) large_bytes_ -= size;
}

void Delivery::on_verdict(const MessagePtr& message, Verdict verdict, TimePoint now) {
  Topic* topic = state_.find_topic(message->topic);
  OPW_CHECK(!message->verdict && pending_ > 0 && topic != nullptr && topic->pending > 0);
  message->verdict = verdict;
  --topic->pending;
  let_go(*message);
  switch (verdict) {
    case Verdict::kAccept:
      ++state_.stats.accepted;
      if (state_.scores) state_.scores->on_accepted(message->id, message->topic, now);
      if (state_.gater) state_.gater->on_delivered(*message->from, message->topic);
      accept(message);
      break;
    case Verdict::kReject:
      ++state_.stats.rejected;
      if (state_.scores) state_.scores->on_rejected(message->id, message->topic);
      if (state_.gater) state_.gater->on_rejected(*message->from);
      state_.blame(*message->from, errors::kInvalidMessage);
      break;
    case Verdict::kIgnore:
      ++state_.stats.ignored;
      if (state_.scores) state_.scores->on_ignored(message->id);
      if (state_.gater) state_.gater->on_ignored(*message->from);
      break;
  }
  message->content.reset();
  state_.release(message->topic);
}

void Delivery::accept(const MessagePtr& message) {
  const Topic* topic = state_.find_topic(message->topic);
  if (topic == nullptr || !topic->joined) return;  // we left while it was validated
  message->frame = make_message_frame(message->topic, message->data, message->authorship.get());
  state_.cache.put(message);
  PeerSet targets = topic->mesh;
  add_meshless(*topic, targets);
  send(message, targets);
  state_.actions.emplace_back(DeliverMessage{message, std::move(message->content)});
}

Result<MessagePtr> Delivery::publish(std::string_view name, Buffer data, TimePoint now) {
  const Params& params = state_.params;
  if (!params.allows(name)) return errors::kTopicNotAllowed;
  if (message_rpc_size(name, data.size()) >= params.max_rpc_size) return errors::kMessageTooLarge;
  MessageView view;
  view.topic = name;
  view.data = data;
  std::unique_ptr<Authorship> authorship;
  if (state_.context.author) {
    authorship = std::make_unique<Authorship>(state_.context.author->sign(name, data));
    view.from = authorship->from;
    view.seqno = authorship->seqno;
    if (message_rpc_size(name, data.size(), authorship.get()) >= params.max_rpc_size) return errors::kMessageTooLarge;
  }
  const Decoded decoded = decoder_.decode(view);
  if (!state_.seen.add(decoded.id, now)) return errors::kAlreadySeen;
  if (wants_alias(nullptr)) learn_alias(decoded.id, view, decoded.content, now);

  MessagePtr message(new Message(decoded.id, name, std::move(data)));
  message->received = now;
  message->verdict = Verdict::kAccept;
  message->authorship = std::move(authorship);
  message->frame = make_message_frame(message->topic, message->data, message->authorship.get());
  if (params.signing == SignaturePolicy::kStrictNoSign) recent_.add(message);
  state_.cache.put(message);
  if (state_.scores) {
    // Peers that bring it back in time have delivered it too.
    state_.scores->on_pending(message->id, name, state_.context.local, now);
    state_.scores->on_accepted(message->id, name, now);
  }
  ++state_.stats.published;

  Topic& topic = state_.topic(name);
  if (message->data.size() >= params.idontwant_threshold) gossip_.tell_unwanted(topic, *message);
  send(message, publish_targets(topic, now));
  state_.release(name);
  return message;
}

PeerSet Delivery::publish_targets(Topic& topic, TimePoint now) {
  PeerSet targets;
  if (state_.params.flood_publish) {
    for (const PeerId& id : topic.peers) {
      if (state_.may_publish(*state_.find_peer(id))) targets.insert(id);
    }
    return targets;
  }
  if (topic.joined) {
    targets = topic.mesh;
    // A mesh that is still forming: what is new in the network should not depend on one or two peers.
    const std::size_t missing = state_.params.d - std::min(state_.params.d, targets.size());
    const auto others = state_.choose(
        topic, missing, [&](const Peer& p) { return !topic.mesh.contains(p.id) && state_.may_publish(p); });
    for (const Peer* peer : others) targets.insert(peer->id);
  } else {
    targets = fanout_.peers(topic, now);
  }
  add_meshless(topic, targets);
  return targets;
}

void Delivery::add_meshless(const Topic& topic, PeerSet& targets) {
  for (const PeerId& id : topic.peers) {
    const Peer& peer = *state_.find_peer(id);
    if (!peer.can_mesh() && state_.may_publish(peer)) targets.insert(id);
  }
}

void Delivery::send(const MessagePtr& message, const PeerSet& to) {
  for (const PeerId& id : to) {
    if (id != message->from && id != message->author) state_.send_message(*state_.find_peer(id), message);
  }
}

}  // namespace opwire::gossipsub
