#include "opwire/crypto/key_scheme.hpp"

#include <openssl/err.h>

#include "opwire/base/check.hpp"
#include "opwire/crypto/errors.hpp"

namespace opwire::crypto {

Bytes evp_sign(EVP_PKEY* key, const char* digest, ByteView message) {
  const MdCtxPtr context(EVP_MD_CTX_new());
  OPW_CHECK(context);
  std::size_t size = 0;
  if (EVP_DigestSignInit_ex(context.get(), nullptr, digest, nullptr, nullptr, key, nullptr) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) != 1) {
    ERR_clear_error();
    return {};
  }
  Bytes signature(size);
  if (EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) != 1) {
    ERR_clear_error();
    return {};
  }
  signature.resize(size);
  return signature;
}

Result<void> evp_verify(EVP_PKEY* key, const char* digest, ByteView message, ByteView signature) {
  const MdCtxPtr context(EVP_MD_CTX_new());
  OPW_CHECK(context);
  if (EVP_DigestVerifyInit_ex(context.get(), nullptr, digest, nullptr, nullptr, key, nullptr) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1) {
    return {};
  }
  ERR_clear_error();
  return errors::kBadSignature;
}

}  // namespace opwire::crypto
