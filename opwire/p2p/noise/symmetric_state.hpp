// The chaining key, the handshake hash and the key of the moment (Noise Protocol Framework, 5.2), for SHA-256.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "opwire/base/strong.hpp"
#include "opwire/p2p/noise/cipher_state.hpp"

namespace opwire::noise {

class SymmetricState {
 public:
  /// name: exactly 32 bytes, as all names of this suite are that are used here.
  explicit SymmetricState(std::string_view name);

  void mix_hash(ByteView data);
  void mix_key(ByteView secret);
  /// Appends the text to out, encrypted once there is a key. Errors: none in a handshake's few messages.
  Result<void> encrypt_and_hash(ByteView text, Bytes& out);
  /// Errors: crypto kDecryptFailed.
  Result<Bytes> decrypt_and_hash(ByteView data);
  bool has_key() const noexcept { return cipher_.has_value(); }
  /// The two directions' keys: the initiator sends with the first.
  std::pair<CipherState, CipherState> split() const;

 private:
  Hash256 hash_;
  Hash256 chaining_key_;
  std::optional<CipherState> cipher_;
};

}  // namespace opwire::noise
