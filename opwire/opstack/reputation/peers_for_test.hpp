// Peers and times for tests.
#pragma once

#include "opwire/base/time.hpp"
#include "opwire/multiformats/peer_id.hpp"

namespace opwire::opstack::reputation {

/// The same number, the same peer; greater numbers, greater peers.
inline PeerId peer(std::uint32_t number) {
  Bytes id{0x00, 4, 0, 0, 0, 0};  // the identity multihash of four bytes
  store_be(id.data() + 2, number);
  return PeerId::parse(id).value();
}

inline WallTime at(std::uint64_t seconds) {
  return from_unix_seconds(1'700'000'000 + seconds);
}

}  // namespace opwire::opstack::reputation
