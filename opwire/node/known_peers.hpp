// The peerstore's way to the disk and back. The peerstore is the truth; what it comes to know is noted in the journal,
// and its record is made when it is written.
//
// Written is who has an address that lives longer than a passing one, and who was ever identified, for seven days after
// that was last renewed. Addresses of peers that are connected are kept alive, as libp2p does it; times to live go on
// while the node is down. No end is further away than seven days: who is a static peer no more is forgotten.
#pragma once

#include <map>

#include "opwire/node/known_peer.hpp"
#include "opwire/opstack/reputation/journal.hpp"
#include "opwire/p2p/core/network.hpp"
#include "opwire/p2p/core/peer_store.hpp"

namespace opwire::node {

class KnownPeers final : public PeerStoreObserver, public NetworkObserver, public opstack::reputation::JournalSource {
 public:
  static constexpr Duration kKept = std::chrono::days(7);

  /// Both outlive it.
  KnownPeers(const Clock& clock, opstack::reputation::Journal& journal);
  ~KnownPeers() override { detach(); }
  KnownPeers(const KnownPeers&) = delete;
  KnownPeers& operator=(const KnownPeers&) = delete;

  /// Begins to watch; network may be null. They outlive this, or detach() comes first.
  void attach(PeerStore& store, Network* network);
  void detach();

  /// What the disk has, after attach(). What came to be known meanwhile stays; what is over goes from the disk. Errors,
  /// which concern this entry alone: reputation's kRecordKey; parse_known_peer()'s.
  Result<void> load(ByteView key, ByteView value);
  std::optional<opstack::reputation::Stored> stored(opstack::reputation::Table, ByteView key) const override;
  /// As it would be written; none: it would not.
  std::optional<KnownPeer> find(const PeerId& peer) const;
  /// From elsewhere: added to what is known.
  void import(const PeerId& peer, const KnownPeer& known);

  /// Keeps the addresses of those who are connected alive, and remembers that they are.
  void refresh_connected();
  /// Looks at so many peers, from where it ended last; those whose records are over go from the disk.
  void gc(std::size_t most);
  std::size_t size() const noexcept { return times_.size(); }

  void on_changed(const PeerId& peer) override;
  void on_removed(const PeerId& peer) override;
  void on_peer_connected(const PeerId& peer, const ConnectionInfo&) override { seen(peer); }
  void on_peer_disconnected(const PeerId& peer) override { seen(peer); }

 private:
  struct Times {
    WallTime last_update{};
    WallTime last_seen{};
    bool on_disk = true;  // or may be
  };

  void put(const PeerId& peer, const KnownPeer& known);
  void seen(const PeerId& peer);
  void note(const PeerId& peer);

  const Clock& clock_;
  opstack::reputation::Journal& journal_;
  PeerStore* store_ = nullptr;
  Network* network_ = nullptr;
  std::map<PeerId, Times> times_;  // of those in the peerstore
  bool loading_ = false;
  std::optional<PeerId> looked_at_;  // by gc(), last
};

}  // namespace opwire::node
