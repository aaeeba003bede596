// libsecp256k1's context for what touches private keys. Private to this library.
#pragma once

#include <secp256k1.h>

namespace opwire::crypto {

/// Made once and blinded with random bytes; immutable afterwards, so any thread may use it. Verification needs none:
/// secp256k1_context_static serves.
const secp256k1_context* secp256k1_secret_context();

}  // namespace opwire::crypto
