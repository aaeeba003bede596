// X25519 key agreement (RFC 7748).
#pragma once

#include <memory>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/base/rng.hpp"

namespace opwire::crypto {

using X25519Public = ByteArray<32>;
using X25519Shared = ByteArray<32>;

/// A key pair, imported once so that agreements do not pay for it again.
class X25519 {
 public:
  static X25519 generate(Rng& rng);
  static X25519 from_private(const ByteArray<32>& key);
  ~X25519();
  X25519(X25519&&) noexcept;
  X25519& operator=(X25519&&) noexcept;

  const X25519Public& public_key() const noexcept { return public_; }
  /// Errors: kLowOrderPoint when the shared secret would be zero.
  Result<X25519Shared> agree(const X25519Public& peer) const;

 private:
  struct Impl;
  explicit X25519(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
  X25519Public public_{};
};

}  // namespace opwire::crypto
