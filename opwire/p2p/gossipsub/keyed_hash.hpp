// SipHash-2-4: a hash under a secret key, so that nobody outside can choose what collides in our tables.
#pragma once

#include "opwire/base/bytes.hpp"
#include "opwire/base/rng.hpp"

namespace opwire::gossipsub {

/// A key and the function under it; two words, copied freely.
class KeyedHash {
 public:
  explicit KeyedHash(Rng& rng) : k0_(rng.next()), k1_(rng.next()) {}
  KeyedHash(std::uint64_t k0, std::uint64_t k1) noexcept : k0_(k0), k1_(k1) {}

  std::uint64_t operator()(ByteView data) const noexcept;

 private:
  std::uint64_t k0_;
  std::uint64_t k1_;
};

}  // namespace opwire::gossipsub
