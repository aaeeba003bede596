// SHA-256, Keccak-256 (Ethereum's, padding byte 0x01), HMAC-SHA256 and HKDF-SHA256.
#pragma once

#include <memory>

#include "opwire/base/bytes.hpp"
#include "opwire/base/strong.hpp"

namespace opwire::crypto {

Hash256 sha256(ByteView data) noexcept;

/// SHA-256 over parts, without gathering them first.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  Sha256& update(ByteView data);
  /// Ends the computation; the object starts afresh.
  Hash256 finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

Hash256 keccak256(ByteView data) noexcept;

/// Keccak-256 over parts.
class Keccak256 {
 public:
  Keccak256& update(ByteView data) noexcept;
  /// Ends the computation; the object starts afresh.
  Hash256 finish() noexcept;

 private:
  ByteArray<200> state_{};
  std::size_t used_ = 0;  // bytes absorbed into the current block
};

Hash256 hmac_sha256(ByteView key, ByteView data) noexcept;

/// HKDF (RFC 5869) with SHA-256: fills out, at most 8,160 bytes.
void hkdf_sha256(ByteView salt, ByteView input, ByteView info, MutableByteView out) noexcept;

}  // namespace opwire::crypto
