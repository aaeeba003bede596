// Whom the configuration keeps out: --p2p.netrestrict for dials (no address outside of it, but those of peers that the
// operator named), --p2p.block for everything; and then whatever the gater of the configuration says.
#pragma once

#include <algorithm>
#include <vector>

#include "opwire/node/config.hpp"
#include "opwire/p2p/core/gater.hpp"

namespace opwire::node {

class ConfiguredGate final : public ConnectionGater {
 public:
  explicit ConfiguredGate(const Config& config) : next_(config.gater == nullptr ? everyone_ : *config.gater) {
    if (config.discovery) networks_ = config.discovery->netrestrict;
    set(config);
  }
  /// From now on; what stands stays.
  void set(const LiveConfig& config) {
    blocked_ = config.blocked;
    named_.clear();
    for (const Multiaddr& address : config.static_peers) named_.push_back(address.peer_id().value());
  }

  bool admits(const PeerId& peer, const Multiaddr& remote) const { return !is_blocked(peer) && !is_blocked(remote); }

  bool allow_peer_dial(const PeerId& peer) override { return !is_blocked(peer) && next_.allow_peer_dial(peer); }
  bool allow_address_dial(const PeerId& peer, const Multiaddr& address) override {
    return is_in_networks(peer, address) && !is_blocked(address) && next_.allow_address_dial(peer, address);
  }
  bool allow_accept(const Multiaddr& remote) override { return !is_blocked(remote) && next_.allow_accept(remote); }
  bool allow_secured(Role role, const PeerId& peer, const Multiaddr& remote) override {
    return !is_blocked(peer) && next_.allow_secured(role, peer, remote);
  }
  bool allow_upgraded(Role role, const PeerId& peer, const Multiaddr& remote) override {
    return admits(peer, remote) && next_.allow_upgraded(role, peer, remote);
  }

 private:
  bool is_in_networks(const PeerId& peer, const Multiaddr& address) const {
    if (networks_.empty() || std::ranges::find(named_, peer) != named_.end()) return true;
    const auto ip = address.ip();
    return ip && networks_.contains(*ip);
  }
  bool is_blocked(const PeerId& peer) const { return std::ranges::find(blocked_.peers, peer) != blocked_.peers.end(); }
  bool is_blocked(const Multiaddr& address) const {
    const auto ip = address.ip();
    return ip && blocked_.networks.contains(*ip);
  }

  ConnectionGater everyone_;
  ConnectionGater& next_;
  multiformats::IpNetworkList networks_;  // empty: no restriction
  BlockedConfig blocked_;
  std::vector<PeerId> named_;
};

}  // namespace opwire::node
