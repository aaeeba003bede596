// Connects to the peers that the router asks for: direct ones, and those that others told of.
#pragma once

#include <set>

#include "opwire/p2p/core/network.hpp"
#include "opwire/p2p/gossipsub/actions.hpp"
#include "opwire/p2p/gossipsub/fifo.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::gossipsub {

/// Few at a time, a bounded number waiting; more are left out, for they will be told of again.
class Connector {
 public:
  static constexpr std::size_t kWorkers = 8;    ///< as go-libp2p-pubsub's
  static constexpr std::size_t kWaiting = 128;  ///< as go-libp2p-pubsub's

  /// network and scope outlive it.
  Connector(Network& network, Scope& scope) : network_(network), scope_(scope) {}

  /// A record that does not open, or is of another peer, is worth nothing: the peer is left out. One that is older than
  /// what the peerstore knows adds no addresses.
  void connect(const ConnectPeer& wanted);

 private:
  Task<void> work();

  Network& network_;
  Scope& scope_;
  Fifo<PeerId> waiting_;
  std::set<PeerId> known_;  // waiting, or being dialled
  std::size_t workers_ = 0;
};

}  // namespace opwire::gossipsub
