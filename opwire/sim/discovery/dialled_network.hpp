// A Network of which only dialling is there: what a PeerFinder connects with in a simulation, by the model of Dials.
#pragma once

#include <map>
#include <set>

#include "opwire/base/rng.hpp"
#include "opwire/p2p/core/network.hpp"
#include "opwire/p2p/core/peer_store.hpp"
#include "opwire/p2p/core/peer_tags.hpp"
#include "opwire/sim/discovery/dials.hpp"

namespace opwire::sim {

/// Remembers nothing.
class NoPeerStore final : public PeerStore {
 public:
  void add_addresses(const PeerId&, const std::vector<Multiaddr>&, Duration) override {}
  std::vector<Multiaddr> addresses(const PeerId&) const override { return {}; }
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
};

/// All are worth the same.
class NoPeerTags final : public PeerTags {
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

class DialledNetwork final : public Network {
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

  // There are no streams.
  Task<Result<PeerStream>> new_stream(PeerId peer, std::vector<std::string> protocols) override;
  Task<Result<PeerStream>> new_stream_if_connected(PeerId peer, std::vector<std::string> protocols) override;
  Task<Result<PeerStream>> new_stream_on(ConnectionId connection, std::vector<std::string> protocols) override;
  void set_stream_handler(std::string, StreamHandler) override {}
  void remove_stream_handler(const std::string&) override {}
  std::vector<std::string> protocols() const override { return {}; }
  std::vector<ConnectionInfo> connections() const override { return {}; }
  std::vector<ConnectionInfo> connections_to(const PeerId&) const override { return {}; }
  std::optional<ConnectionInfo> connection(ConnectionId) const override { return std::nullopt; }
  std::size_t trim_connections() override { return 0; }
  std::vector<Multiaddr> listen_addresses() const override { return {}; }
  void set_peer_protocols(const PeerId&, std::vector<std::string>) override {}

 private:
  Loop& loop_;
  Rng& rng_;
  const PeerId self_;
  const DialOptions options_;
  std::set<PeerId> connected_;
  std::set<NetworkObserver*> observers_;
  NoPeerStore store_;
  NoPeerTags tags_;
};

}  // namespace opwire::sim
