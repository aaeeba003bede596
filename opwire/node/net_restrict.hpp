// Whom a node may connect with: --p2p.netrestrict for dials (no address outside of it, but those of peers that the
// operator named), and whatever the gater of its configuration says.
#pragma once

#include <algorithm>
#include <vector>

#include "opwire/node/config.hpp"
#include "opwire/p2p/core/gater.hpp"

namespace opwire::node {

class NetRestrict final : public ConnectionGater {
 public:
  explicit NetRestrict(const Config& config) : next_(config.gater == nullptr ? everyone_ : *config.gater) {
    if (config.discovery) networks_ = config.discovery->netrestrict;
    for (const Multiaddr& address : config.static_peers) named_.push_back(address.peer_id().value());
  }

  bool allow_peer_dial(const PeerId& peer) override { return next_.allow_peer_dial(peer); }
  bool allow_address_dial(const PeerId& peer, const Multiaddr& address) override {
    return is_in_networks(peer, address) && next_.allow_address_dial(peer, address);
  }
  bool allow_accept(const Multiaddr& remote) override { return next_.allow_accept(remote); }
  bool allow_secured(Role role, const PeerId& peer, const Multiaddr& remote) override {
    return next_.allow_secured(role, peer, remote);
  }
  bool allow_upgraded(Role role, const PeerId& peer, const Multiaddr& remote) override {
    return next_.allow_upgraded(role, peer, remote);
  }

 private:
  bool is_in_networks(const PeerId& peer, const Multiaddr& address) const {
    if (networks_.empty() || std::ranges::find(named_, peer) != named_.end()) return true;
    const auto ip = address.ip();
    return ip && networks_.contains(*ip);
  }

  ConnectionGater everyone_;
  ConnectionGater& next_;
  multiformats::IpNetworkList networks_;  // empty: no restriction
  std::vector<PeerId> named_;
};

}  // namespace opwire::node
