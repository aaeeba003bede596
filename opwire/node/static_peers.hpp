// Peers that the operator named: connected from the start and again whenever they are lost.
#pragma once

#include <map>
#include <vector>

#include "opwire/p2p/host/host.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::node {

class StaticPeers {
 public:
  /// addresses end in /p2p/ID; our own id is passed over with a log line. host outlives this.
  StaticPeers(Host& host, const std::vector<Multiaddr>& addresses);

  bool contains(const PeerId& peer) const { return peers_.contains(peer); }
  /// Stops dialling and waits for what is under way.
  Task<void> close();

 private:
  Task<void> keep(PeerId peer);
  Host& host_;
  std::map<PeerId, std::vector<Multiaddr>> peers_;
  Scope scope_;
};

}  // namespace opwire::node
