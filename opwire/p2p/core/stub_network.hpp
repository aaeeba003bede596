// A Network, a PeerStore and PeerTags that do and know nothing: what fakes are made of, which then say only what they
// are about.
#pragma once

#include "opwire/p2p/core/network.hpp"
#include "opwire/p2p/core/peer_store.hpp"
#include "opwire/p2p/core/peer_tags.hpp"

namespace opwire {

/// Remembers nothing.
class StubPeerStore : public PeerStore {
 public:
  void add_addresses(const PeerId&, const std::vector<Multiaddr>&, Duration) override {}
  std::vector<Multiaddr> addresses(const PeerId&) const override { return {}; }
  std::vector<KnownAddress> known_addresses(const PeerId&) const override { return {}; }
  void set_protocols(const PeerId&, std::vector<std::string>) override {}
  std::vector<std::string> protocols(const PeerId&) const override { return {}; }
  void set_agent(const PeerId&, std::string) override {}
  std::string agent(const PeerId&) const override { return {}; }
  void set_key(const PeerId&, const crypto::PublicKey&) override {}
  std::optional<crypto::PublicKey> key(const PeerId&) const override { return std::nullopt; }
  bool set_record(const multiformats::PeerRecord&, ByteView, Duration) override { return false; }
  void keep_sealed_records() override {}
  Bytes sealed_record(const PeerId&) const override { return {}; }
  std::vector<PeerId> peers() const override { return {}; }
  void remove(const PeerId&) override {}
  void set_observer(PeerStoreObserver*) override {}
};

/// All are worth the same, and nobody is protected.
class StubPeerTags : public PeerTags {
 public:
  void protect(const PeerId&, std::string_view) override {}
  void unprotect(const PeerId&, std::string_view) override {}
  bool is_protected(const PeerId&) const override { return false; }
  bool is_protected_by(const PeerId&, std::string_view) const override { return false; }
  void set_tag(const PeerId&, std::string_view, int) override {}
  void remove_tag(const PeerId&, std::string_view) override {}
  void define_decaying(DecayingTag) override {}
  void remove_decaying(std::string_view) override {}
  void bump(const PeerId&, std::string_view, int) override {}
  std::int64_t value(const PeerId&) const override { return 0; }
};

/// Has no streams and no listeners; who derives from it says what connecting is.
class StubNetwork : public Network {
 public:
  Task<Result<PeerStream>> new_stream(PeerId, std::vector<std::string>) override { co_return errors::kClosed; }
  Task<Result<PeerStream>> new_stream_if_connected(PeerId, std::vector<std::string>) override {
    co_return errors::kClosed;
  }
  Task<Result<PeerStream>> new_stream_on(ConnectionId, std::vector<std::string>) override { co_return errors::kClosed; }
  void set_stream_handler(std::string, StreamHandler) override {}
  void remove_stream_handler(const std::string&) override {}
  std::vector<std::string> protocols() const override { return {}; }
  std::vector<ConnectionInfo> connections() const override { return {}; }
  std::vector<ConnectionInfo> connections_to(const PeerId&) const override { return {}; }
  std::optional<ConnectionInfo> connection(ConnectionId) const override { return std::nullopt; }
  std::size_t trim_connections() override { return 0; }
  std::vector<Multiaddr> listen_addresses() const override { return {}; }
  void set_peer_protocols(const PeerId&, std::vector<std::string>) override {}
};

}  // namespace opwire
