// The way of a message: known already? – id – validation – mesh, cache and subscriber.
#pragma once

#include "opwire/p2p/gossipsub/decoder.hpp"
#include "opwire/p2p/gossipsub/duplicate_filter.hpp"
#include "opwire/p2p/gossipsub/fanout.hpp"
#include "opwire/p2p/gossipsub/gossip.hpp"

namespace opwire::gossipsub {

class Delivery {
 public:
  Delivery(State& state, Gossip& gossip, Fanout& fanout);

  /// One message of an RPC; view lies in rpc.
  void on_message(Peer& peer, const Buffer& rpc, const MessageView& view, TimePoint now);
  void on_verdict(const MessagePtr& message, Verdict verdict, TimePoint now);
  /// Errors: kTopicNotAllowed, kMessageTooLarge, kAlreadySeen.
  Result<MessagePtr> publish(std::string_view topic, Buffer data, TimePoint now);
  /// A heartbeat has passed.
  void shift() { recent_.shift(); }

  std::size_t pending() const noexcept { return pending_; }

 private:
  /// The signature policy, as far as it can be told without looking at the signature.
  Result<void> check_author(const MessageView& view) const;
  void on_duplicate(Peer& peer, const MessageId& id, const MessageView& view,
                    const std::shared_ptr<const void>& content, TimePoint now);
  void refuse(Peer& peer, const MessageView& view, const ErrorKind& why);
  bool is_full(const Topic& topic, std::size_t size) const noexcept;
  bool is_large(std::size_t size) const noexcept { return size > state_.params.max_pending_bytes / 128; }
  /// It began to be validated, or has been.
  void hold(const Message& message) noexcept;
  void let_go(const Message& message) noexcept;
  MessagePtr make_message(Peer& peer, const Buffer& rpc, const MessageView& view, Decoded decoded, TimePoint now);
  /// Keeps the promises that this message fulfils. with_alias: a peer may know it by its other id.
  void keep_promises(const MessageId& id, const MessageView& view, const std::shared_ptr<const void>& content,
                     bool with_alias, TimePoint now);
  /// Once for each message: it may cost a decompression.
  void learn_alias(const MessageId& id, const MessageView& view, const std::shared_ptr<const void>& content,
                   TimePoint now);
  bool wants_alias(const Peer* from) const;
  void heed_early_words(const MessageId& id);
  void heed_early_words(const MessageId& id, const MessageId& alias, TimePoint now);
  void accept(const MessagePtr& message);
  PeerSet publish_targets(Topic& topic, TimePoint now);
  /// Of the topic's peers, those that no mesh holds and that get everything.
  void add_meshless(const Topic& topic, PeerSet& targets);
  void send(const MessagePtr& message, const PeerSet& to);

  State& state_;
  Gossip& gossip_;
  Fanout& fanout_;
  MessageDecoder& decoder_;
  DuplicateFilter recent_;  // under StrictNoSign: two authors may well say the same
  std::size_t pending_ = 0;
  std::size_t pending_bytes_ = 0;
  std::size_t large_bytes_ = 0;  // of these
};

}  // namespace opwire::gossipsub
