// ChaCha20-Poly1305 (RFC 8439) with one reused context a direction.
#pragma once

#include <memory>
#include <span>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::crypto {

inline constexpr std::size_t kAeadTagSize = 16;
inline constexpr std::size_t kAeadNonceSize = 12;
using AeadKey = ByteArray<32>;
using AeadNonce = ByteArray<kAeadNonceSize>;

class ChaCha20Poly1305 {
 public:
  explicit ChaCha20Poly1305(const AeadKey& key);
  ~ChaCha20Poly1305();
  ChaCha20Poly1305(ChaCha20Poly1305&&) noexcept;
  ChaCha20Poly1305& operator=(ChaCha20Poly1305&&) noexcept;

  /// Encrypts the pieces one after another into out, then the tag. out holds exactly their sizes + 16; it may be the
  /// same memory as a single piece.
  void seal(const AeadNonce& nonce, ByteView additional, std::span<const ByteView> pieces, MutableByteView out);
  /// Decrypts in place: data is ciphertext and tag, and the plaintext is its first size() - 16 bytes afterwards.
  /// Errors: kDecryptFailed (too short, or the tag is wrong; data is then unusable).
  Result<MutableByteView> open(const AeadNonce& nonce, ByteView additional, MutableByteView data);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace opwire::crypto
