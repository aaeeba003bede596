// AES-128 in the two modes that discv5 uses: GCM for messages, CTR to mask headers.
#pragma once

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::crypto {

inline constexpr std::size_t kGcmTagSize = 16;
using Aes128Key = ByteArray<16>;
using GcmNonce = ByteArray<12>;

/// The ciphertext and its tag.
Bytes aes128_gcm_seal(const Aes128Key& key, const GcmNonce& nonce, ByteView additional, ByteView text);
/// Errors: kDecryptFailed.
Result<Bytes> aes128_gcm_open(const Aes128Key& key, const GcmNonce& nonce, ByteView additional, ByteView data);

/// Encrypts or decrypts in place, from the beginning of the key stream.
void aes128_ctr(const Aes128Key& key, const ByteArray<16>& iv, MutableByteView data);

}  // namespace opwire::crypto
