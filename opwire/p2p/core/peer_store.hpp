// What is remembered about peers: addresses with a time to live, keys, protocols, the agent they name.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "opwire/base/time.hpp"
#include "opwire/multiformats/envelope.hpp"
#include "opwire/multiformats/multiaddr.hpp"

namespace opwire {

/// Times to live of addresses, as go-libp2p's.
inline constexpr Duration kTemporaryTtl = std::chrono::minutes(2);
inline constexpr Duration kRecentlyConnectedTtl = std::chrono::minutes(15);
inline constexpr Duration kStaticTtl = std::chrono::hours(24 * 7);
inline constexpr Duration kPermanentTtl = Duration::max();

struct KnownAddress {
  Multiaddr address;
  TimePoint until;
};

/// Told of what a PeerStore comes to know, while it changes: it asks later.
class PeerStoreObserver {
 public:
  virtual ~PeerStoreObserver() = default;
  /// Something of it was set, perhaps to what it was.
  virtual void on_changed(const PeerId& peer) = 0;
  /// Nothing is known of it any more.
  virtual void on_removed(const PeerId& peer) = 0;
};

/// Bounded: addresses per peer and peers in all; the oldest unprotected entry makes room.
class PeerStore {
 public:
  virtual ~PeerStore() = default;
  /// Extends the life of addresses it knows, never shortens it. /p2p suffixes are stripped.
  virtual void add_addresses(const PeerId& peer, const std::vector<Multiaddr>& addresses, Duration ttl) = 0;
  /// Those alive, newest knowledge first.
  virtual std::vector<Multiaddr> addresses(const PeerId& peer) const = 0;
  /// The same, with the ends of their lives.
  virtual std::vector<KnownAddress> known_addresses(const PeerId& peer) const = 0;
  virtual void set_protocols(const PeerId& peer, std::vector<std::string> protocols) = 0;
  virtual std::vector<std::string> protocols(const PeerId& peer) const = 0;
  virtual void set_agent(const PeerId& peer, std::string agent) = 0;
  virtual std::string agent(const PeerId& peer) const = 0;
  virtual void set_key(const PeerId& peer, const crypto::PublicKey& key) = 0;
  virtual std::optional<crypto::PublicKey> key(const PeerId& peer) const = 0;
  /// Accepts a verified record unless it is older than the one known. sealed: the envelope that it came in.
  virtual bool set_record(const multiformats::PeerRecord& record, ByteView sealed, Duration ttl) = 0;
  /// From now on envelopes are kept, of the newest record of each peer: for whoever passes them on. Not before, for
  /// they are much of what is remembered of a peer.
  virtual void keep_sealed_records() = 0;
  /// Empty when none was kept.
  virtual Bytes sealed_record(const PeerId& peer) const = 0;
  virtual std::vector<PeerId> peers() const = 0;
  virtual void remove(const PeerId& peer) = 0;
  /// Instead of the one before; null: nobody. It outlives the store, or is taken away.
  virtual void set_observer(PeerStoreObserver* observer) = 0;
};

}  // namespace opwire
