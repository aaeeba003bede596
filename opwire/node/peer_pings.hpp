// Pings every connected peer now and then (op-node: every three minutes); the times go to the log.
#pragma once

#include "opwire/p2p/host/host.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::node {

class PeerPings {
 public:
  explicit PeerPings(Host& host);
  Task<void> close();

 private:
  Task<void> run();
  Host& host_;
  Scope scope_;
};

}  // namespace opwire::node
