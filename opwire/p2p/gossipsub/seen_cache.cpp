#include "opwire/p2p/gossipsub/seen_cache.hpp"

namespace opwire::gossipsub {

bool SeenCache::add(const MessageId& id, TimePoint now) {
  expire(now);
  if (!ids_.insert(id).second) return false;
  order_.push({now + ttl_, id});
  if (order_.size() > capacity_) drop_oldest();
  return true;
}

void SeenCache::expire(TimePoint now) {
  while (!order_.empty() && order_.front().expires <= now) drop_oldest();
}

void SeenCache::drop_oldest() {
  ids_.erase(order_.front().id);
  order_.pop();
}

}  // namespace opwire::gossipsub
