// Ids remembered for a time after they were first added (go-libp2p-pubsub's "first seen" cache).
#pragma once

#include <unordered_set>

#include "opwire/base/time.hpp"
#include "opwire/p2p/gossipsub/fifo.hpp"
#include "opwire/p2p/gossipsub/message_id.hpp"

namespace opwire::gossipsub {

/// At most `capacity` ids; when full, the oldest goes first.
class SeenCache {
 public:
  SeenCache(Duration ttl, std::size_t capacity, KeyedHash hash) : ttl_(ttl), capacity_(capacity), ids_(0, {hash}) {}

  /// False when it is there already; its time is not renewed.
  bool add(const MessageId& id, TimePoint now);
  bool contains(const MessageId& id) const { return ids_.contains(id); }
  void expire(TimePoint now);
  std::size_t size() const noexcept { return ids_.size(); }

 private:
  struct Entry {
    TimePoint expires;
    MessageId id;
  };
  void drop_oldest();

  Duration ttl_;
  std::size_t capacity_;
  std::unordered_set<MessageId, MessageIdHash> ids_;
  Fifo<Entry> order_;
};

}  // namespace opwire::gossipsub
