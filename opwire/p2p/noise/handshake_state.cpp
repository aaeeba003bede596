#include "opwire/p2p/noise/handshake_state.hpp"

#include "opwire/base/check.hpp"
#include "opwire/p2p/noise/errors.hpp"

namespace opwire::noise {

namespace {
constexpr std::size_t kKeySize = 32;

Result<ByteView> take(ByteView& message, std::size_t size) {
  if (message.size() < size) return errors::kMessageTooShort;
  const ByteView front = message.first(size);
  message = message.subspan(size);
  return front;
}

crypto::X25519Public to_key(ByteView bytes) {
  crypto::X25519Public key;
  std::memcpy(key.data(), bytes.data(), key.size());
  return key;
}
}  // namespace

HandshakeState::HandshakeState(Role role, const crypto::X25519& static_key, crypto::X25519 ephemeral, ByteView prologue)
    : role_(role),
      symmetric_("Noise_XX_25519_ChaChaPoly_SHA256"),
      static_(static_key),
      ephemeral_(std::move(ephemeral)) {
  symmetric_.mix_hash(prologue);
}

Result<void> HandshakeState::mix_agreement(const crypto::X25519& ours, const crypto::X25519Public& theirs) {
  OPW_TRY(const crypto::X25519Shared secret, ours.agree(theirs));
  symmetric_.mix_key(secret);
  return {};
}

Result<void> HandshakeState::mix_static(bool writing) {
  return writing ? mix_agreement(static_, remote_ephemeral_) : mix_agreement(ephemeral_, remote_static_);
}

Result<Bytes> HandshakeState::write_message(ByteView payload) {
  OPW_CHECK(writes_next() && !done());
  Bytes out;
  if (message_ <= 1) {
    const crypto::X25519Public& key = ephemeral_.public_key();
    out.assign(key.begin(), key.end());
    symmetric_.mix_hash(key);
  }
  if (message_ == 1) OPW_TRYV(mix_agreement(ephemeral_, remote_ephemeral_));
  if (message_ >= 1) {
    OPW_TRYV(symmetric_.encrypt_and_hash(static_.public_key(), out));
    OPW_TRYV(mix_static(true));
  }
  OPW_TRYV(symmetric_.encrypt_and_hash(payload, out));
  OPW_CHECK(out.size() <= kMaxMessage);
  ++message_;
  return out;
}

Result<Bytes> HandshakeState::read_message(ByteView message) {
  OPW_CHECK(!writes_next() && !done());
  if (message_ <= 1) {
    OPW_TRY(const ByteView key, take(message, kKeySize));
    remote_ephemeral_ = to_key(key);
    symmetric_.mix_hash(key);
  }
  if (message_ == 1) OPW_TRYV(mix_agreement(ephemeral_, remote_ephemeral_));
  if (message_ >= 1) {
    OPW_TRY(const ByteView sealed, take(message, kKeySize + kTagSize));
    OPW_TRY(const Bytes key, symmetric_.decrypt_and_hash(sealed));
    remote_static_ = to_key(key);
    OPW_TRYV(mix_static(false));
  }
  if (symmetric_.has_key() && message.size() < kTagSize) return errors::kMessageTooShort;
  OPW_TRY(Bytes payload, symmetric_.decrypt_and_hash(message));
  ++message_;
  return payload;
}

std::pair<CipherState, CipherState> HandshakeState::split() const {
  OPW_CHECK(done());
  auto [first, second] = symmetric_.split();
  if (role_ == Role::kDialer) return {std::move(first), std::move(second)};
  return {std::move(second), std::move(first)};
}

}  // namespace opwire::noise
