// Noise_XX_25519_ChaChaPoly_SHA256 as the framework defines it, payloads left to the caller:
//   -> e    <- e, ee, s, es    -> s, se
#pragma once

#include <optional>
#include <utility>

#include "opwire/crypto/x25519.hpp"
#include "opwire/p2p/core/upgrade.hpp"
#include "opwire/p2p/noise/symmetric_state.hpp"

namespace opwire::noise {

inline constexpr std::size_t kMaxMessage = 65'535;

/// Alternately write_message() and read_message(), the dialer writing first, until done().
class HandshakeState {
 public:
  /// static_key must outlive the handshake.
  HandshakeState(Role role, const crypto::X25519& static_key, crypto::X25519 ephemeral, ByteView prologue = {});

  /// Errors: crypto kLowOrderPoint (only after read_message accepted a key that makes a zero secret).
  Result<Bytes> write_message(ByteView payload);
  /// The payload. Errors (all final): kMessageTooShort, crypto kDecryptFailed, kLowOrderPoint.
  Result<Bytes> read_message(ByteView message);

  bool writes_next() const noexcept { return (message_ % 2 == 0) == (role_ == Role::kDialer); }
  bool done() const noexcept { return message_ == 3; }
  /// Known after message 2 (dialer) or 3 (listener).
  const crypto::X25519Public& remote_static() const noexcept { return remote_static_; }
  /// Once done(): what this side sends with and receives with.
  std::pair<CipherState, CipherState> split() const;

 private:
  Result<void> mix_agreement(const crypto::X25519& ours, const crypto::X25519Public& theirs);
  /// es in message 2, se in message 3: the static key of the message's writer with the ephemeral of its reader.
  Result<void> mix_static(bool writing);

  Role role_;
  SymmetricState symmetric_;
  const crypto::X25519& static_;
  crypto::X25519 ephemeral_;
  crypto::X25519Public remote_ephemeral_{};
  crypto::X25519Public remote_static_{};
  int message_ = 0;
};

}  // namespace opwire::noise
