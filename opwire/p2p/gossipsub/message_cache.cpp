#include "opwire/p2p/gossipsub/message_cache.hpp"

namespace opwire::gossipsub {

void MessageCache::put(MessagePtr message) {
  if (!entries_.try_emplace(message->id, Entry{message, {}}).second) return;
  bytes_ += message->data.block_size();
  order_.push({beat_, std::move(message)});
  while (bytes_ > max_bytes_ && order_.size() > 1) drop_oldest();
}

MessagePtr MessageCache::find(const MessageId& id) const {
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : found->second.message;
}

unsigned MessageCache::count_request(const MessageId& id, const PeerId& peer) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return 0;
  std::uint8_t& count = found->second.requests[peer];
  if (count < UINT8_MAX) ++count;
  return count;
}

std::vector<MessageId> MessageCache::gossip_ids(std::string_view topic, unsigned but_latest) const {
  std::vector<MessageId> ids;
  for (const Slot& slot : order_) {
    const bool in_time = slot.beat + history_gossip_ > beat_ && slot.beat + but_latest <= beat_;
    if (in_time && slot.message->topic == topic) ids.push_back(slot.message->id);
  }
  return ids;
}

void MessageCache::shift() {
  ++beat_;
  while (!order_.empty() && order_.front().beat + history_length_ <= beat_) drop_oldest();
}

void MessageCache::drop_oldest() {
  bytes_ -= order_.front().message->data.block_size();
  entries_.erase(order_.front().message->id);
  order_.pop();
}

}  // namespace opwire::gossipsub
