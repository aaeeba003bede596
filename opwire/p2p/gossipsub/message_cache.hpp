// Accepted messages of the last heartbeats, for gossip and IWANT (gossipsub v1.0, "message cache").
#pragma once

#include <unordered_map>
#include <vector>

#include <boost/container/flat_map.hpp>

#include "opwire/p2p/gossipsub/fifo.hpp"
#include "opwire/p2p/gossipsub/message.hpp"

namespace opwire::gossipsub {

/// Time goes by shift(), once per heartbeat. Bounded in bytes of what the messages keep alive; the oldest goes first.
class MessageCache {
 public:
  MessageCache(unsigned history_length, unsigned history_gossip, std::size_t max_bytes, KeyedHash hash)
      : history_length_(history_length), history_gossip_(history_gossip), max_bytes_(max_bytes), entries_(0, {hash}) {}

  void put(MessagePtr message);
  /// Null when it is not, or no longer, here.
  MessagePtr find(const MessageId& id) const;
  /// Notes that a peer asked for a message that is here; returns how often it has, this time included.
  unsigned count_request(const MessageId& id, const PeerId& peer);
  /// Ids of a topic's messages of the last history_gossip heartbeats, but not of the latest ones; in their order.
  std::vector<MessageId> gossip_ids(std::string_view topic, unsigned but_latest = 0) const;
  /// A heartbeat has passed.
  void shift();

  std::size_t size() const noexcept { return entries_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct Entry {
    MessagePtr message;
    boost::container::flat_map<PeerId, std::uint8_t> requests;
  };
  struct Slot {
    std::uint64_t beat;
    MessagePtr message;
  };
  void drop_oldest();

  unsigned history_length_;
  unsigned history_gossip_;
  std::size_t max_bytes_;
  std::uint64_t beat_ = 0;
  std::size_t bytes_ = 0;
  std::unordered_map<MessageId, Entry, MessageIdHash> entries_;
  Fifo<Slot> order_;
};

}  // namespace opwire::gossipsub
