// A host with a fresh identity and no limits that a test could meet, and what it has learned of those it is connected
// to.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "opwire/p2p/host/host.hpp"

namespace opwire::interop {

class Peer final : public NetworkObserver {
 public:
  /// listen: empty for one that only dials. Errors: those of Host::make and Multiaddr::parse_text.
  static Result<std::unique_ptr<Peer>> make(Loop& loop, crypto::KeyType key_type, const std::string& listen = "");
  ~Peer() override;

  Host& host() noexcept { return *host_; }
  const crypto::PrivateKey& key() const noexcept { return key_; }
  /// Returns when the connection stands and the peer has identified itself, as go-libp2p's Connect does. Errors: those
  /// of Host::connect, kNotIdentified.
  Task<Result<void>> connect(Multiaddr address);
  /// Closes all connections to the peer and waits until they are gone.
  Task<void> disconnect(PeerId peer);
  /// Of any connection to the peer; nothing when there is none.
  std::optional<ConnectionInfo> connection(const PeerId& peer);

  void on_peer_protocols(const PeerId& peer, const std::vector<std::string>& protocols) override;
  void on_peer_disconnected(const PeerId& peer) override;

 private:
  Peer(Loop& loop, crypto::PrivateKey key, std::unique_ptr<Host> host);

  crypto::PrivateKey key_;
  std::unique_ptr<Host> host_;
  Event changed_;
  std::map<PeerId, bool> identified_;
};

/// "Secp256k1", "Ed25519", ...: go-libp2p's names.
std::string key_type_name(crypto::KeyType type);

}  // namespace opwire::interop
