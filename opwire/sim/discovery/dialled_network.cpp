#include "opwire/sim/discovery/dialled_network.hpp"

namespace opwire::sim {

Task<Result<void>> DialledNetwork::connect(PeerId peer, std::vector<Multiaddr>) {
  const bool there = dial_answers(peer.bytes(), options_.unreachable);
  if (!co_await sleep_for(loop_, dial_time(there, options_, rng_))) co_return opwire::errors::kCancelled;
  if (!there) co_return opwire::errors::kTimeout;
  if (!connected_.insert(peer).second) co_return Result<void>();
  const ConnectionInfo info{{}, peer, Role::kDialer, Multiaddr(), Multiaddr(), "", "", loop_.now(), 0};
  for (NetworkObserver* observer : observers_) observer->on_peer_connected(peer, info);
  co_return Result<void>();
}

void DialledNetwork::disconnect(const PeerId& peer) {
  if (connected_.erase(peer) == 0) return;
  for (NetworkObserver* observer : observers_) observer->on_peer_disconnected(peer);
}

}  // namespace opwire::sim
