#pragma once

#include "opwire/base/rng.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/multiformats/peer_id.hpp"

namespace opwire::opstack::test {

/// The same number is the same peer.
inline PeerId peer(std::uint64_t number) {
  SeededRng rng(number);
  return PeerId::of(crypto::PrivateKey::generate(crypto::KeyType::kEd25519, rng).public_key());
}

}  // namespace opwire::opstack::test
