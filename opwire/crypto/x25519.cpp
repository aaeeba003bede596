#include "opwire/crypto/x25519.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <utility>

#include "opwire/base/check.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/openssl_ptr.hpp"

namespace opwire::crypto {

struct X25519::Impl {
  PkeyPtr key;
};

X25519::X25519(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  std::size_t size = public_.size();
  OPW_CHECK(EVP_PKEY_get_raw_public_key(impl_->key.get(), public_.data(), &size) == 1 && size == public_.size());
}

X25519::~X25519() = default;
X25519::X25519(X25519&&) noexcept = default;
X25519& X25519::operator=(X25519&&) noexcept = default;

X25519 X25519::generate(Rng& rng) {
  ByteArray<32> key;
  rng.fill(key);
  X25519 pair = from_private(key);
  OPENSSL_cleanse(key.data(), key.size());
  return pair;
}

X25519 X25519::from_private(const ByteArray<32>& key) {
  PkeyPtr imported(EVP_PKEY_new_raw_private_key_ex(nullptr, "X25519", nullptr, key.data(), key.size()));
  OPW_CHECK(imported);
  return X25519(std::make_unique<Impl>(Impl{std::move(imported)}));
}

Result<X25519Shared> X25519::agree(const X25519Public& peer) const {
  const PkeyPtr other(EVP_PKEY_new_raw_public_key_ex(nullptr, "X25519", nullptr, peer.data(), peer.size()));
  const PkeyCtxPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, impl_->key.get(), nullptr));
  OPW_CHECK(other && context && EVP_PKEY_derive_init(context.get()) == 1 &&
            EVP_PKEY_derive_set_peer_ex(context.get(), other.get(), 0) == 1);
  X25519Shared shared;
  std::size_t size = shared.size();
  // All that can fail now: OpenSSL refuses a secret of zeros.
  if (EVP_PKEY_derive(context.get(), shared.data(), &size) != 1) {
    ERR_clear_error();
    return errors::kLowOrderPoint;
  }
  return shared;
}

}  // namespace opwire::crypto
