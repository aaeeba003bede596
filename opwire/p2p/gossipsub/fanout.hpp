// Peers for topics that we publish to without having joined them (gossipsub v1.0, "fanout").
#pragma once

#include "opwire/p2p/gossipsub/state.hpp"

namespace opwire::gossipsub {

class Fanout {
 public:
  explicit Fanout(State& state) noexcept : state_(state) {}

  /// Whom to publish to: up to d peers, the same ones for as long as we keep publishing.
  const PeerSet& peers(Topic& topic, TimePoint now);
  /// Lets go of topics not published to for fanout_ttl; fills up the others.
  void maintain(TimePoint now);

 private:
  void fill(Topic& topic);

  State& state_;
};

}  // namespace opwire::gossipsub
