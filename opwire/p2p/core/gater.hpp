// Five points at which a connection can be refused.
#pragma once

#include "opwire/multiformats/multiaddr.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/p2p/core/role.hpp"

namespace opwire {

/// Every hook returns true to let the connection go on. Called on the loop; must not block.
class ConnectionGater {
 public:
  virtual ~ConnectionGater() = default;
  /// Before anything is dialled.
  virtual bool allow_peer_dial(const PeerId& peer) { return (void)peer, true; }
  /// Before one address is dialled.
  virtual bool allow_address_dial(const PeerId& peer, const Multiaddr& address) {
    return (void)peer, (void)address, true;
  }
  /// An inbound connection was accepted; nothing is known but the address.
  virtual bool allow_accept(const Multiaddr& remote) { return (void)remote, true; }
  /// The peer has proved its identity.
  virtual bool allow_secured(Role role, const PeerId& peer, const Multiaddr& remote) {
    return (void)role, (void)peer, (void)remote, true;
  }
  /// The connection is complete.
  virtual bool allow_upgraded(Role role, const PeerId& peer, const Multiaddr& remote) {
    return (void)role, (void)peer, (void)remote, true;
  }
};

}  // namespace opwire
