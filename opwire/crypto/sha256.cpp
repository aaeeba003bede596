// The low-level calls: at message-id and tree-node sizes they take two thirds of the time of a reused EVP context.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <new>

#include "opwire/base/check.hpp"
#include "opwire/crypto/hash.hpp"

namespace opwire::crypto {
namespace {

SHA256_CTX* context(ByteArray<112>& state) {
  return std::launder(reinterpret_cast<SHA256_CTX*>(state.data()));
}

}  // namespace

Sha256::Sha256() noexcept {
  static_assert(sizeof(SHA256_CTX) == sizeof(state_) && alignof(SHA256_CTX) <= alignof(Sha256));
  OPW_CHECK(SHA256_Init(new (state_.data()) SHA256_CTX) == 1);
}

Sha256& Sha256::update(ByteView data) noexcept {
  OPW_CHECK(SHA256_Update(context(state_), data.data(), data.size()) == 1);
  return *this;
}

Hash256 Sha256::finish() noexcept {
  Hash256 digest;
  OPW_CHECK(SHA256_Final(digest.bytes.data(), context(state_)) == 1);
  *this = Sha256();
  return digest;
}

Hash256 sha256(ByteView data) noexcept {
  SHA256_CTX context;
  Hash256 digest;
  OPW_CHECK(SHA256_Init(&context) == 1 && SHA256_Update(&context, data.data(), data.size()) == 1 &&
            SHA256_Final(digest.bytes.data(), &context) == 1);
  return digest;
}

}  // namespace opwire::crypto
