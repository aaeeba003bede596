// What waits to be sent to one peer.
//
// Control is kept as meaning, not as bytes: a later word on a topic replaces an earlier one, and all that waits goes
// out in as few RPCs as its size allows. So subscriptions, GRAFT and PRUNE cannot be lost and cannot pile up; messages
// and gossip are dropped at their limits.
#pragma once

#include <map>
#include <string>

#include "opwire/p2p/gossipsub/control_rpc.hpp"
#include "opwire/p2p/gossipsub/fifo.hpp"
#include "opwire/p2p/gossipsub/message.hpp"
#include "opwire/p2p/gossipsub/params.hpp"

namespace opwire::gossipsub {

class OutboundQueue {
 public:
  explicit OutboundQueue(const OutboundLimits& limits) noexcept : limits_(limits) {}

  void subscription(std::string_view topic, bool subscribe);
  void graft(std::string_view topic);
  void prune(std::string_view topic, PruneWord word);
  /// These return how many ids found no room.
  std::size_t ihave(std::string_view topic, std::span<const MessageId> ids);
  std::size_t iwant(std::span<const MessageId> ids);
  std::size_t idontwant(const MessageId& id);
  /// An accepted message. False: no room.
  bool message(MessagePtr message);
  /// The peer does not want this message any more; returns how many copies were taken out.
  std::size_t cancel(const MessageId& id);

  bool empty() const noexcept;
  std::size_t messages() const noexcept { return messages_.size(); }
  std::size_t message_bytes() const noexcept { return message_bytes_; }
  /// The next frame to write: control first, then messages in their order. arrived: when somebody's message came to us,
  /// if the frame is one; may be null.
  std::optional<Frame> pop(std::optional<TimePoint>* arrived = nullptr);

 private:
  using MeshWord = std::optional<PruneWord>;  // none: GRAFT
  struct Ihave {
    std::string topic;
    std::vector<MessageId> ids;
    std::size_t sent = 0;
  };
  std::span<const MessageId> admit_ids(std::span<const MessageId> ids);
  std::optional<Frame> pop_control();
  void fill_ihave(ControlRpc& rpc);

  OutboundLimits limits_;
  std::map<std::string, bool, std::less<>> subscriptions_;
  std::map<std::string, MeshWord, std::less<>> mesh_;
  Fifo<Ihave> ihave_;
  Fifo<MessageId> iwant_;
  Fifo<MessageId> idontwant_;
  std::size_t gossip_ids_ = 0;
  Fifo<MessagePtr> messages_;
  std::size_t message_bytes_ = 0;
};

}  // namespace opwire::gossipsub
