// Pings every connected peer soon after the start and then now and then (op-node: every three minutes).
#pragma once

#include <map>
#include <optional>

#include "opwire/p2p/host/host.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::node {

class PeerPings {
 public:
  explicit PeerPings(Host& host);
  Task<void> close();

  /// Smoothed as go-libp2p does; none: it has not answered yet.
  std::optional<Duration> latency(const PeerId& peer) const;

 private:
  Task<void> run();
  void note(const PeerId& peer, Duration time);
  void forget_others();
  Host& host_;
  Scope scope_;
  std::map<PeerId, Duration> latencies_;  // of those that were connected in the last round
};

}  // namespace opwire::node
