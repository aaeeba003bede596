// ChaCha20-Poly1305 (RFC 8439). An object is no more than its key; OpenSSL's contexts, over a kilobyte each, are shared
// by all of a thread's, since taking up another key costs next to nothing.
#pragma once

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
  explicit ChaCha20Poly1305(const AeadKey& key) noexcept : key_(key) {}
  /// Every copy is wiped.
  ~ChaCha20Poly1305();
  ChaCha20Poly1305(const ChaCha20Poly1305&) = default;
  ChaCha20Poly1305& operator=(const ChaCha20Poly1305&) = default;

  /// Encrypts the pieces one after another into out, then the tag. out holds exactly their sizes + 16; it may be the
  /// same memory as a single piece.
  void seal(const AeadNonce& nonce, ByteView additional, std::span<const ByteView> pieces, MutableByteView out) const;
  /// Decrypts in place: data is ciphertext and tag, and the plaintext is its first size() - 16 bytes afterwards.
  /// Errors: kDecryptFailed (too short, or the tag is wrong; data is then unusable).
  Result<MutableByteView> open(const AeadNonce& nonce, ByteView additional, MutableByteView data) const;

 private:
  AeadKey key_;
};

}  // namespace opwire::crypto
