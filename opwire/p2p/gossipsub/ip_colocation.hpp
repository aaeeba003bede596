// How many peers share an address (P6).
#pragma once

#include <unordered_map>
#include <vector>

#include "opwire/p2p/gossipsub/peer_keys.hpp"
#include "opwire/p2p/gossipsub/score_params.hpp"

namespace opwire::gossipsub {

class IpColocation {
 public:
  IpColocation(std::vector<IpRange> exempt, std::size_t threshold, KeyedHash hash)
      : exempt_(std::move(exempt)), threshold_(threshold), peers_(0, {hash}) {}
  IpColocation(const IpColocation&) = delete;
  IpColocation& operator=(const IpColocation&) = delete;

  /// Where one peer counts: an IPv4 address, or an IPv6 address and its /64. Nowhere: loopback, exempt, no address.
  class Place {
    friend class IpColocation;
    using Entry = std::pair<const IpKey, std::size_t>;
    std::array<Entry*, 2> entries_{};
  };

  Place enter(const Multiaddr& remote);
  void leave(Place& place);
  /// The squares of the peers above the threshold.
  double excess_squared(const Place& place) const noexcept;
  std::size_t size() const noexcept { return peers_.size(); }

 private:
  Place::Entry* count(const IpKey& key);

  std::vector<IpRange> exempt_;
  std::size_t threshold_;
  std::unordered_map<IpKey, std::size_t, IpKeyHash> peers_;
};

}  // namespace opwire::gossipsub
