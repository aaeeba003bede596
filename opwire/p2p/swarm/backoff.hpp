// Addresses that failed are left alone for a while.
#pragma once

#include <vector>

#include "opwire/base/lru_cache.hpp"
#include "opwire/base/time.hpp"
#include "opwire/multiformats/multiaddr.hpp"

namespace opwire::swarm {

/// By peer and address: base + n² · step after the (n+1)th failure in a row, at most max. Bounded: what failed longest
/// ago is forgotten first.
class DialBackoff {
 public:
  DialBackoff(Duration base, Duration step, Duration max) : base_(base), step_(step), max_(max) {}

  bool is_waiting(const PeerId& peer, const Multiaddr& address, TimePoint now);
  void on_failure(const PeerId& peer, const Multiaddr& address, TimePoint now);
  /// A success forgets all of the peer's failures.
  void clear(const PeerId& peer) {
    if (std::vector<Entry>* known = peers_.find(peer)) known->clear();
  }

 private:
  static constexpr std::size_t kMaxPeers = 4096;
  static constexpr std::size_t kMaxAddresses = 64;

  struct Entry {
    Multiaddr address;
    std::int64_t failures;
    TimePoint until;
  };
  Duration wait_after(std::int64_t failures) const;

  const Duration base_;
  const Duration step_;
  const Duration max_;
  LruCache<PeerId, std::vector<Entry>> peers_{kMaxPeers};
};

}  // namespace opwire::swarm
