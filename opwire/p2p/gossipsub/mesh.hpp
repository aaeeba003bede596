// The mesh of each joined topic: who is in it, GRAFT and PRUNE, and its upkeep at every heartbeat.
#pragma once

#include "opwire/p2p/gossipsub/rpc.hpp"
#include "opwire/p2p/gossipsub/state.hpp"

namespace opwire::gossipsub {

class Mesh {
 public:
  explicit Mesh(State& state) noexcept : state_(state) {}

  /// We subscribed: the fanout peers of the topic come first, others up to d.
  void join(Topic& topic, TimePoint now);
  /// We unsubscribed: everybody is pruned, and told when we may be grafted again.
  void leave(Topic& topic, TimePoint now);

  /// The checks come in go-libp2p-pubsub's order.
  void on_graft(Peer& peer, std::string_view topic, TimePoint now);
  void on_prune(Peer& peer, const PruneView& prune, TimePoint now);
  /// The peer left the topic or is gone: nothing is sent.
  void remove(const PeerId& peer, Topic& topic);

  /// Brings every mesh back to d_lo..d_hi with at least d_out outbound peers.
  void maintain(TimePoint now);
  /// Forgets back-offs that ended, slack included.
  void expire_backoffs(TimePoint now);

 private:
  void graft(Peer& peer, Topic& topic);
  void add(const PeerId& peer, Topic& topic);
  /// Sends PRUNE and starts our own back-off.
  void prune(Peer& peer, Topic& topic, Duration backoff, TimePoint now);
  void graft_some(Topic& topic, std::size_t count, bool outbound_only, TimePoint now);
  void trim(Topic& topic, TimePoint now);
  std::size_t outbound_count(const Topic& topic);
  Duration slack() const noexcept { return state_.params.backoff_slack * state_.params.heartbeat; }

  State& state_;
};

}  // namespace opwire::gossipsub
