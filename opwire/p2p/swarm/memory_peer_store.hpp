// The peerstore in memory.
#pragma once

#include <list>
#include <unordered_map>

#include "opwire/p2p/core/peer_store.hpp"

namespace opwire::swarm {

struct PeerStoreOptions {
  PeerStoreOptions() = default;
  std::size_t max_peers = 4096;
  std::size_t max_addresses_per_peer = 64;
  std::size_t max_sealed_record = 4096;  ///< bytes; a larger one is not kept. One of ten addresses has about 300
};

/// When it is full, the peer that was told of longest ago makes room; peers with an address of kStaticTtl or longer
/// only when there are no others. Of a peer's addresses, the one that ends first.
class MemoryPeerStore final : public PeerStore {
 public:
  /// clock outlives it.
  explicit MemoryPeerStore(const Clock& clock, const PeerStoreOptions& options = PeerStoreOptions())
      : clock_(clock), options_(options) {}

  void add_addresses(const PeerId& peer, const std::vector<Multiaddr>& addresses, Duration ttl) override;
  std::vector<Multiaddr> addresses(const PeerId& peer) const override;
  std::vector<KnownAddress> known_addresses(const PeerId& peer) const override;
  void set_protocols(const PeerId& peer, std::vector<std::string> protocols) override;
  std::vector<std::string> protocols(const PeerId& peer) const override;
  void set_agent(const PeerId& peer, std::string agent) override;
  std::string agent(const PeerId& peer) const override;
  void set_key(const PeerId& peer, const crypto::PublicKey& key) override;
  std::optional<crypto::PublicKey> key(const PeerId& peer) const override;
  bool set_record(const multiformats::PeerRecord& record, ByteView sealed, Duration ttl) override;
  void keep_sealed_records() override { keeps_sealed_ = true; }
  Bytes sealed_record(const PeerId& peer) const override;
  std::vector<PeerId> peers() const override;
  void remove(const PeerId& peer) override;
  void set_observer(PeerStoreObserver* observer) override { observer_ = observer; }

 private:
  struct Known {
    Multiaddr address;
    TimePoint until;
    bool is_static;
  };
  struct Entry {
    std::list<PeerId>::iterator place;
    std::vector<Known> addresses;  // newest last
    std::vector<std::string> protocols;
    std::string agent;
    std::optional<crypto::PublicKey> key;
    std::uint64_t record_seq = 0;
    Bytes sealed_record;
  };

  const Entry* find(const PeerId& peer) const;
  /// To change it.
  Entry& touch(const PeerId& peer);
  void make_room();
  void add_address(Entry& entry, const Multiaddr& address, Duration ttl);

  const Clock& clock_;
  const PeerStoreOptions options_;
  PeerStoreObserver* observer_ = nullptr;
  bool keeps_sealed_ = false;
  std::list<PeerId> order_;  // told of longest ago first
  std::unordered_map<PeerId, Entry> entries_;
};

}  // namespace opwire::swarm
