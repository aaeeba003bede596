// A Network of which only dialling is there: what a PeerFinder connects with in a simulation, by the model of Dials.
#pragma once

#include <set>

#include "opwire/base/rng.hpp"
#include "opwire/p2p/core/stub_network.hpp"
#include "opwire/sim/discovery/dials.hpp"

namespace opwire::sim {

class DialledNetwork final : public StubNetwork {
 public:
  /// loop and rng outlive it.
  DialledNetwork(Loop& loop, Rng& rng, const PeerId& self, const DialOptions& options)
      : loop_(loop), rng_(rng), self_(self), options_(options) {}

  Task<Result<void>> connect(PeerId peer, std::vector<Multiaddr> addresses) override;
  void disconnect(const PeerId& peer) override;
  bool is_connected(const PeerId& peer) const override { return connected_.contains(peer); }
  std::vector<PeerId> connected_peers() const override { return {connected_.begin(), connected_.end()}; }
  std::size_t connected() const noexcept { return connected_.size(); }
  Loop& loop() override { return loop_; }
  const PeerId& local_peer() const override { return self_; }
  PeerStore& peerstore() override { return store_; }
  PeerTags& tags() override { return tags_; }
  void add_observer(NetworkObserver& observer) override { observers_.insert(&observer); }
  void remove_observer(NetworkObserver& observer) override { observers_.erase(&observer); }

 private:
  Loop& loop_;
  Rng& rng_;
  const PeerId self_;
  const DialOptions options_;
  std::set<PeerId> connected_;
  std::set<NetworkObserver*> observers_;
  StubPeerStore store_;
  StubPeerTags tags_;
};

}  // namespace opwire::sim
