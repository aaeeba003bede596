// Peers that the operator named: connected from the start, again whenever they are lost, and never trimmed.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "opwire/p2p/host/host.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::node {

/// A lost peer is dialled after two seconds, then with pauses that double up to a minute, op-node's interval, each
/// shortened by up to a quarter by chance. A peer that does not stay for a minute is dialled no faster for having come.
/// Names are resolved anew at every dial, and addresses that the peer itself or discovery has told since are tried,
/// too.
class StaticPeers final : public NetworkObserver {
 public:
  /// Finds out where a peer is now, and tells the peerstore.
  using Seek = std::function<Task<void>(PeerId)>;

  /// addresses: as set() takes them. host outlives this.
  StaticPeers(Host& host, const std::vector<Multiaddr>& addresses);

  /// Those there are from now on, each ends in /p2p/ID; our own id is passed over with a log line. Who is not among
  /// them any more becomes a peer as others are.
  void set(const std::vector<Multiaddr>& addresses);
  /// Asked after a dial that failed, for a few peers at once. It outlives this.
  void set_seek(Seek seek) { seek_ = std::move(seek); }

  /// Stops dialling and waits for what is under way. The peers are protected no more.
  Task<void> close();

  void on_peer_connected(const PeerId&, const ConnectionInfo&) override { changed_.notify_all(); }
  void on_peer_disconnected(const PeerId&) override { changed_.notify_all(); }

 private:
  Task<void> keep(PeerId peer);
  /// Once per outage as a warning: the operator should see it, not be flooded by it.
  Task<void> dial(PeerId peer, bool& warned);
  /// False when cancelled.
  Task<bool> stay_connected(PeerId peer);
  Task<bool> wait_to_dial(PeerId peer, Duration pause);

  bool is_wanted(const PeerId& peer) const;

  struct Peer {
    std::vector<Multiaddr> addresses;
    bool wanted = false;  // no more: its task ends, and then it is erased
  };

  Host& host_;
  Seek seek_;
  std::size_t seeks_ = 0;  // under way
  std::map<PeerId, Peer> peers_;
  Event changed_;  // some peer came or went, or is wanted no more
  Scope scope_;
};

}  // namespace opwire::node
