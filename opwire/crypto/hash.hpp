// SHA-256, Keccak-256 (Ethereum's, padding byte 0x01), HMAC-SHA256 and HKDF-SHA256.
#pragma once

#include "opwire/base/bytes.hpp"
#include "opwire/base/strong.hpp"

namespace opwire::crypto {

Hash256 sha256(ByteView data) noexcept;

/// SHA-256 over parts, without gathering them first. Copying it forks the computation.
class Sha256 {
 public:
  Sha256() noexcept;
  Sha256& update(ByteView data) noexcept;
  /// Ends the computation; the object starts afresh.
  Hash256 finish() noexcept;

 private:
  alignas(8) ByteArray<112> state_;  // OpenSSL's context, in place
};

Hash256 keccak256(ByteView data) noexcept;

/// Keccak-256 over parts.
class Keccak256 {
 public:
  Keccak256& update(ByteView data) noexcept;
  /// Ends the computation; the object starts afresh.
  Hash256 finish() noexcept;

 private:
  friend class Keccak256Batch;
  void absorb(const std::uint8_t* blocks, std::size_t count) noexcept;

  std::array<std::uint64_t, 25> state_{};
  ByteArray<136> block_{};  // what does not make up a block yet
  std::size_t used_ = 0;    // bytes of it
};

Hash256 hmac_sha256(ByteView key, ByteView data) noexcept;

/// HKDF (RFC 5869) with SHA-256: fills out, at most 8,160 bytes.
void hkdf_sha256(ByteView salt, ByteView input, ByteView info, MutableByteView out) noexcept;

}  // namespace opwire::crypto
