// secp256k1 signatures of 64 bytes, r | s, over a digest: those of discv5 and of its node records.
#pragma once

#include "opwire/base/result.hpp"
#include "opwire/base/strong.hpp"

namespace opwire::crypto {

using CompactSignature = FixedBytes<64, struct CompactSignatureTag>;

/// Signs a 32-byte digest with a 32-byte private key (low s). Errors: kBadKey.
Result<CompactSignature> sign_compact(ByteView private_key, const Hash256& digest);

/// public_key: 33 bytes compressed. High s is refused, as geth does. Errors: kBadKey, kBadSignature.
Result<void> verify_compact(ByteView public_key, const CompactSignature& signature, const Hash256& digest);

}  // namespace opwire::crypto
