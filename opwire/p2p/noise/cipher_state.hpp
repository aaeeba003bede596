// A key and its nonce counter (Noise Protocol Framework, 5.1).
#pragma once

#include <cstdint>
#include <span>

#include "opwire/crypto/aead.hpp"

namespace opwire::noise {

inline constexpr std::size_t kTagSize = crypto::kAeadTagSize;

class CipherState {
 public:
  explicit CipherState(const crypto::AeadKey& key, std::uint64_t nonce = 0) : aead_(key), nonce_(nonce) {}

  /// As crypto::ChaCha20Poly1305::seal with the next nonce. Errors: kNonceExhausted.
  Result<void> seal(ByteView additional, std::span<const ByteView> pieces, MutableByteView out);
  /// In place. A failure uses up no nonce, and what follows it must not be opened either. Errors: kNonceExhausted,
  /// crypto kDecryptFailed.
  Result<MutableByteView> open(ByteView additional, MutableByteView data);

 private:
  crypto::ChaCha20Poly1305 aead_;
  std::uint64_t nonce_;
};

}  // namespace opwire::noise
