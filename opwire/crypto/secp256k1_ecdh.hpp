// Diffie-Hellman on secp256k1, as discv5 wants it.
#pragma once

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::crypto {

/// The shared point itself, compressed, not a hash of it. private_key: 32 bytes; public_key: 33 bytes compressed.
/// Errors: kBadKey.
Result<ByteArray<33>> secp256k1_shared_point(ByteView private_key, ByteView public_key);

}  // namespace opwire::crypto
