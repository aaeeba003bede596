#include "opwire/crypto/secp256k1_context.hpp"

#include "opwire/base/check.hpp"
#include "opwire/base/rng.hpp"

namespace opwire::crypto {

const secp256k1_context* secp256k1_secret_context() {
  static const secp256k1_context* const context = [] {
    secp256k1_context* made = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    ByteArray<32> seed;
    SystemRng().fill(seed);
    OPW_CHECK(made != nullptr && secp256k1_context_randomize(made, seed.data()) == 1);
    return made;
  }();
  return context;
}

}  // namespace opwire::crypto
