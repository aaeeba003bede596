#include "opwire/p2p/gossipsub/id_aliases.hpp"

namespace opwire::gossipsub {

void IdAliases::add(const MessageId& id, const MessageId& alias, TimePoint now) {
  expire(now);
  if (id == alias || !aliases_.try_emplace(id, alias).second) return;
  ids_.try_emplace(alias, id);  // what two messages share stands for the first one
  order_.push({now + ttl_, id, alias});
  if (order_.size() > capacity_) drop_oldest();
}

const MessageId* IdAliases::id_of(const MessageId& alias) const {
  const auto found = ids_.find(alias);
  return found == ids_.end() ? nullptr : &found->second;
}

const MessageId* IdAliases::alias_of(const MessageId& id) const {
  const auto found = aliases_.find(id);
  return found == aliases_.end() ? nullptr : &found->second;
}

void IdAliases::expire(TimePoint now) {
  while (!order_.empty() && order_.front().expires <= now) drop_oldest();
}

void IdAliases::drop_oldest() {
  const Entry& oldest = order_.front();
  const auto shared = ids_.find(oldest.alias);
  if (shared != ids_.end() && shared->second == oldest.id) ids_.erase(shared);
  aliases_.erase(oldest.id);
  order_.pop();
}

}  // namespace opwire::gossipsub
