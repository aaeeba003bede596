#include "opwire/crypto/aes128.hpp"

#include <openssl/err.h>

#include <limits>

#include "opwire/base/check.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/openssl_ptr.hpp"

namespace opwire::crypto {
namespace {

CipherCtxPtr make_context(const char* name) {
  const CipherPtr cipher(EVP_CIPHER_fetch(nullptr, name, nullptr));
  CipherCtxPtr context(EVP_CIPHER_CTX_new());
  OPW_CHECK(cipher && context && EVP_CipherInit_ex2(context.get(), cipher.get(), nullptr, nullptr, 1, nullptr) == 1);
  return context;
}

void update(EVP_CIPHER_CTX* context, std::uint8_t* to, ByteView from) {
  if (from.empty()) return;
  int written = 0;
  OPW_CHECK(from.size() <= std::numeric_limits<int>::max() &&
            EVP_CipherUpdate(context, to, &written, from.data(), static_cast<int>(from.size())) == 1);
}

/// The thread's context, ready for one message.
EVP_CIPHER_CTX* begin_gcm(const Aes128Key& key, const GcmNonce& nonce, ByteView additional, bool encrypt) {
  thread_local const CipherCtxPtr context = make_context("AES-128-GCM");
  OPW_CHECK(EVP_CipherInit_ex2(context.get(), nullptr, key.data(), nonce.data(), encrypt ? 1 : 0, nullptr) == 1);
  update(context.get(), nullptr, additional);
  return context.get();
}

}  // namespace

Bytes aes128_gcm_seal(const Aes128Key& key, const GcmNonce& nonce, ByteView additional, ByteView text) {
  EVP_CIPHER_CTX* const context = begin_gcm(key, nonce, additional, true);
  Bytes data(text.size() + kGcmTagSize);
  update(context, data.data(), text);
  int none = 0;
  OPW_CHECK(EVP_EncryptFinal_ex(context, nullptr, &none) == 1 &&
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kGcmTagSize, data.data() + text.size()) == 1);
  return data;
}

Result<Bytes> aes128_gcm_open(const Aes128Key& key, const GcmNonce& nonce, ByteView additional, ByteView data) {
  if (data.size() < kGcmTagSize) return errors::kDecryptFailed;
  EVP_CIPHER_CTX* const context = begin_gcm(key, nonce, additional, false);
  Bytes text(data.size() - kGcmTagSize);
  update(context, text.data(), data.first(text.size()));
  Bytes tag = to_bytes(data.last(kGcmTagSize));
  int none = 0;
  OPW_CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kGcmTagSize, tag.data()) == 1);
  if (EVP_DecryptFinal_ex(context, nullptr, &none) != 1) {
    ERR_clear_error();
    return errors::kDecryptFailed;
  }
  return text;
}

void aes128_ctr(const Aes128Key& key, const ByteArray<16>& iv, MutableByteView data) {
  thread_local const CipherCtxPtr context = make_context("AES-128-CTR");
  OPW_CHECK(EVP_CipherInit_ex2(context.get(), nullptr, key.data(), iv.data(), 1, nullptr) == 1);
  update(context.get(), data.data(), data);
}

}  // namespace opwire::crypto
