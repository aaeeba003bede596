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
  /// The peer is in no mesh any more, and told so.
  void dismiss(Peer& peer, TimePoint now);
  /// The peer left the topic or is gone: nothing is sent. False: it was not in.
  bool remove(const PeerId& peer, Topic& topic);

  /// Drops peers of negative score and brings every mesh back to d_lo..d_hi with at least d_out outbound peers.
  /// look_for_better: also takes in peers that are worth more than a poor mesh's median.
  void maintain(TimePoint now, bool look_for_better);
  /// Forgets back-offs that ended, slack included.
  void expire_backoffs(TimePoint now);

 private:
  enum class Exchange : bool { kNo, kYes };

  void graft(Peer& peer, Topic& topic, TimePoint now);
  void add(const PeerId& peer, Topic& topic, TimePoint now);
  /// Sends PRUNE and starts our own back-off. exchange: it may be told of other peers, where that is enabled.
  void prune(Peer& peer, Topic& topic, Duration backoff, Exchange exchange, TimePoint now);
  std::vector<Bytes> other_peers(const Peer& pruned, const Topic& topic);
  void take_other_peers(Peer& from, IdList peers);
  /// Grafts up to `count` of the peers that may be grafted and for which take(peer) holds.
  void graft_some(
      Topic& topic, std::size_t count, TimePoint now,
      const std::function<bool(const Peer&)>& take = [](const Peer&) { return true; });
  void drop_negative(Topic& topic, TimePoint now);
  /// The d_score best, then the others by chance.
  std::vector<PeerId> members_best_first(const Topic& topic);
  void trim(Topic& topic, TimePoint now);
  void graft_better(Topic& topic, TimePoint now);
  std::size_t outbound_count(const Topic& topic);
  Duration slack() const noexcept { return state_.params.backoff_slack * state_.params.heartbeat; }

  State& state_;
};

}  // namespace opwire::gossipsub
