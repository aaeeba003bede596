// The way of a message: known already? – id – validation – mesh, cache and subscriber.
#pragma once

#include "opwire/p2p/gossipsub/decoder.hpp"
#include "opwire/p2p/gossipsub/duplicate_filter.hpp"
#include "opwire/p2p/gossipsub/fanout.hpp"
#include "opwire/p2p/gossipsub/gossip.hpp"

namespace opwire::gossipsub {

class Delivery {
 public:
  Delivery(State& state, Gossip& gossip, Fanout& fanout, MessageDecoder& decoder);

  /// One message of an RPC; view lies in rpc.
  void on_message(Peer& peer, const Buffer& rpc, const MessageView& view, TimePoint now);
  void on_verdict(const MessagePtr& message, Verdict verdict);
  /// Errors: kTopicNotAllowed, kMessageTooLarge, kAlreadySeen.
  Result<MessagePtr> publish(std::string_view topic, Buffer data, TimePoint now);
  /// A heartbeat has passed.
  void shift() { recent_.shift(); }

  std::size_t pending() const noexcept { return pending_; }

 private:
  bool is_full(std::size_t size) const noexcept;
  void accept(const MessagePtr& message);
  PeerSet publish_targets(Topic& topic, TimePoint now);
  void send(const MessagePtr& message, const PeerSet& to);

  State& state_;
  Gossip& gossip_;
  Fanout& fanout_;
  MessageDecoder& decoder_;
  DuplicateFilter recent_;
  std::size_t pending_ = 0;
  std::size_t pending_bytes_ = 0;
};

}  // namespace opwire::gossipsub
