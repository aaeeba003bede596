// --p2p.netrestrict for dials: no address outside of it, but those of peers that the operator named.
#pragma once

#include <algorithm>
#include <vector>

#include "opwire/node/config.hpp"
#include "opwire/p2p/core/gater.hpp"

namespace opwire::node {

class NetRestrict final : public ConnectionGater {
 public:
  /// config.discovery is there.
  explicit NetRestrict(const Config& config) : networks_(config.discovery->netrestrict) {
    for (const Multiaddr& address : config.static_peers) named_.push_back(address.peer_id().value());
  }

  bool allow_address_dial(const PeerId& peer, const Multiaddr& address) override {
    if (std::ranges::find(named_, peer) != named_.end()) return true;
    const auto ip = address.ip();
    return ip && networks_.contains(*ip);
  }

 private:
  const multiformats::IpNetworkList networks_;
  std::vector<PeerId> named_;
};

}  // namespace opwire::node
