// Ids instead of messages: IHAVE and IWANT with peers outside the mesh, IDONTWANT with those inside.
#pragma once

#include "opwire/p2p/gossipsub/promises.hpp"
#include "opwire/p2p/gossipsub/rpc.hpp"
#include "opwire/p2p/gossipsub/state.hpp"

namespace opwire::gossipsub {

class Gossip {
 public:
  explicit Gossip(State& state) noexcept : state_(state) {}

  // The entries of one RPC. All of them are bounded per peer and heartbeat.
  /// Asks for those not seen, and notes one of them as promised.
  void on_ihave(Peer& peer, const std::vector<IhaveView>& entries, TimePoint now);
  /// Answers from the cache, a limited number of times per message and peer.
  void on_iwant(Peer& peer, const std::vector<IdList>& entries);
  /// Takes back what waits for the peer, and sends it no copy later.
  void on_idontwant(Peer& peer, const std::vector<IdList>& entries, TimePoint now);

  /// Tells the topic's mesh that we have this message, except the peer that it came from.
  void tell_unwanted(const Topic& topic, const Message& message);
  /// Tells some of each topic's other peers what came lately.
  void emit();

  void fulfil(const MessageId& id) { promises_.fulfil(id); }
  bool awaits(const PeerId& peer) const { return promises_.holds_any_of(peer); }
  /// The peer is gone, or kept its word while we could not listen.
  void forgive(const PeerId& peer) { promises_.forget(peer); }
  /// We may have asked for what we no longer listen to.
  void forgive_all() { promises_.clear(); }
  void blame_broken_promises(TimePoint now);

 private:
  std::vector<MessageId> unseen(Peer& peer, const std::vector<IhaveView>& entries);
  std::vector<Peer*> choose_listeners(const Topic& topic, bool with_sample);
  void tell(Peer& peer, const std::string& topic, const std::vector<MessageId>& ids);

  // Of two families, we may not know which ids a peer uses. Whatever it asks for under the wrong one is a broken
  // promise of ours to it, though we answer. So it is told of one message only, under both ids. It asks for those that
  // it does not know: for both, and has the message; or for one, and shows that it had it under the other.
  bool knows_words(const Peer& peer) const noexcept;
  std::optional<MessageId> choose_sample(const std::string& topic) const;
  void tell_sample(Peer& peer, const std::string& topic, const MessageId& id);
  /// True if it has asked for the sample under the other id before: one copy answers both.
  static bool note_asked(Peer& peer, const MessageId& id, bool as_alias);
  static void learn_from_sample(Peer& peer);

  /// Ids looked at per peer and heartbeat: an honest one sends half as many, give or take a heartbeat's phase.
  std::size_t max_ids() const noexcept { return 2 * state_.params.max_ihave_length; }

  State& state_;
  Promises promises_;
};

}  // namespace opwire::gossipsub
