#include "opwire/p2p/gossipsub/outbound_queue.hpp"

namespace opwire::gossipsub {
namespace {

/// Moves entries into the RPC while add(entry) says that they fit.
template <class Map, class Add>
void drain(Map& waiting, Add add) {
  while (!waiting.empty() && add(*waiting.begin())) waiting.erase(waiting.begin());
}

void drop_front(Fifo<MessageId>& ids, std::size_t count) {
  while (count-- > 0) ids.pop();
}

std::span<const MessageId> view_of(Fifo<MessageId>& ids) {
  return {ids.begin(), ids.end()};
}

}  // namespace

void OutboundQueue::subscription(std::string_view topic, bool subscribe) {
  subscriptions_.insert_or_assign(std::string(topic), subscribe);
}

void OutboundQueue::graft(std::string_view topic) {
  mesh_.insert_or_assign(std::string(topic), std::nullopt);
}

void OutboundQueue::prune(std::string_view topic, PruneWord word) {
  mesh_.insert_or_assign(std::string(topic), std::move(word));
}

std::span<const MessageId> OutboundQueue::admit_ids(std::span<const MessageId> ids) {
  const std::span<const MessageId> admitted = ids.first(std::min(ids.size(), limits_.gossip_ids - gossip_ids_));
  gossip_ids_ += admitted.size();
  return admitted;
}

std::size_t OutboundQueue::ihave(std::string_view topic, std::span<const MessageId> ids) {
  const std::span<const MessageId> admitted = admit_ids(ids);
  if (!admitted.empty()) ihave_.push({std::string(topic), {admitted.begin(), admitted.end()}});
  return ids.size() - admitted.size();
}

std::size_t OutboundQueue::iwant(std::span<const MessageId> ids) {
  const std::span<const MessageId> admitted = admit_ids(ids);
  for (const MessageId& id : admitted) iwant_.push(id);
  return ids.size() - admitted.size();
}

std::size_t OutboundQueue::idontwant(const MessageId& id) {
  if (admit_ids({&id, 1}).empty()) return 1;
  idontwant_.push(id);
  return 0;
}

bool OutboundQueue::message(MessagePtr message) {
  const std::size_t size = message->frame.size();
  const bool fits = messages_.size() < limits_.messages && message_bytes_ + size <= limits_.bytes;
  if (!fits && !messages_.empty()) return false;
  message_bytes_ += size;
  messages_.push(std::move(message));
  return true;
}

std::size_t OutboundQueue::cancel(const MessageId& id) {
  return messages_.remove_if([&](const MessagePtr& message) {
    if (message->id != id) return false;
    message_bytes_ -= message->frame.size();
    return true;
  });
}

bool OutboundQueue::empty() const noexcept {
  return subscriptions_.empty() && mesh_.empty() && gossip_ids_ == 0 && messages_.empty();
}

std::optional<Frame> OutboundQueue::pop(std::optional<TimePoint>* arrived) {
  if (std::optional<Frame> control = pop_control()) return control;
  if (messages_.empty()) return std::nullopt;
  const Message& message = *messages_.front();
  if (arrived != nullptr && message.from) *arrived = message.received;
  Frame frame = message.frame;
  message_bytes_ -= frame.size();
  messages_.pop();
  return frame;
}

std::optional<Frame> OutboundQueue::pop_control() {
  ControlRpc rpc;
  drain(subscriptions_, [&](const auto& entry) { return rpc.subscription(entry.first, entry.second); });
  drain(mesh_, [&](const auto& entry) {
    return entry.second ? rpc.prune(entry.first, *entry.second) : rpc.graft(entry.first);
  });
  const std::span<const MessageId> unwanted = view_of(idontwant_);
  const std::size_t told = rpc.idontwant(unwanted.first(std::min(unwanted.size(), kMaxIdontwantIds)));
  const std::size_t asked = rpc.iwant(view_of(iwant_));
  drop_front(idontwant_, told);
  drop_front(iwant_, asked);
  gossip_ids_ -= told + asked;
  fill_ihave(rpc);
  if (rpc.empty()) return std::nullopt;
  return make_frame(rpc.finish());
}

void OutboundQueue::fill_ihave(ControlRpc& rpc) {
  while (!ihave_.empty()) {
    Ihave& entry = ihave_.front();
    const std::size_t taken = rpc.ihave(entry.topic, std::span<const MessageId>(entry.ids).subspan(entry.sent));
    entry.sent += taken;
    gossip_ids_ -= taken;
    if (entry.sent < entry.ids.size()) return;
    ihave_.pop();
  }
}

}  // namespace opwire::gossipsub
