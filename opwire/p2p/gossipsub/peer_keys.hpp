// Keys of tables that peers fill, who choose their ids and addresses: both are hashed under a key that nobody knows.
#pragma once

#include <compare>

#include "opwire/multiformats/ip_scope.hpp"
#include "opwire/multiformats/multiaddr.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/p2p/gossipsub/keyed_hash.hpp"

namespace opwire::gossipsub {

struct KeyedPeerHash {
  KeyedHash hash;
  std::size_t operator()(const PeerId& peer) const noexcept { return hash(peer.bytes()); }
};

/// An IP address, or the network in front of one: its first `size` bytes, zeros behind. IPv4 in IPv6 is IPv4.
struct IpKey {
  ByteArray<16> bytes{};
  std::uint8_t size = 0;

  /// The address that somebody connected from; size 0 where it holds none.
  static IpKey of(const Multiaddr& remote) {
    const auto ip = remote.ip();
    return ip ? first_bytes(multiformats::unmap_ip(*ip)) : IpKey{};
  }
  static IpKey first_bytes(ByteView part) noexcept {
    IpKey key;
    key.size = static_cast<std::uint8_t>(std::min(part.size(), key.bytes.size()));
    std::memcpy(key.bytes.data(), part.data(), key.size);
    return key;
  }

  ByteView view() const noexcept { return {bytes.data(), size}; }
  auto operator<=>(const IpKey&) const = default;
};

struct IpKeyHash {
  KeyedHash hash;
  std::size_t operator()(const IpKey& key) const noexcept { return hash(key.view()); }
};

}  // namespace opwire::gossipsub
