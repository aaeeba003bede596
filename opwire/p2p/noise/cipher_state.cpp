#include "opwire/p2p/noise/cipher_state.hpp"

#include "opwire/p2p/noise/errors.hpp"

namespace opwire::noise {

namespace {
constexpr std::uint64_t kReserved = ~std::uint64_t{0};  // the framework keeps the last one

crypto::AeadNonce nonce_bytes(std::uint64_t counter) {
  crypto::AeadNonce nonce{};
  store_le(&nonce[4], counter);
  return nonce;
}
}  // namespace

Result<void> CipherState::seal(ByteView additional, std::span<const ByteView> pieces, MutableByteView out) {
  if (nonce_ == kReserved) return errors::kNonceExhausted;
  aead_.seal(nonce_bytes(nonce_), additional, pieces, out);
  ++nonce_;
  return {};
}

Result<MutableByteView> CipherState::open(ByteView additional, MutableByteView data) {
  if (nonce_ == kReserved) return errors::kNonceExhausted;
  OPW_TRY(const MutableByteView text, aead_.open(nonce_bytes(nonce_), additional, data));
  ++nonce_;
  return text;
}

}  // namespace opwire::noise
