#include "opwire/crypto/secp256k1_ecdh.hpp"

#include <secp256k1_ecdh.h>

#include <cstring>

#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/secp256k1_context.hpp"

namespace opwire::crypto {
namespace {

constexpr std::size_t kCoordinate = 32;
constexpr std::uint8_t kEven = 2;

// In place of the library's own hash of the point.
int compress(unsigned char* out, const unsigned char* x, const unsigned char* y, void*) {
  out[0] = kEven | (y[kCoordinate - 1] & 1);
  std::memcpy(out + 1, x, kCoordinate);
  return 1;
}

}  // namespace

Result<ByteArray<33>> secp256k1_shared_point(ByteView private_key, ByteView public_key) {
  secp256k1_pubkey key;
  ByteArray<33> point;
  if (private_key.size() != 32 || public_key.size() != 33 ||
      secp256k1_ec_pubkey_parse(secp256k1_context_static, &key, public_key.data(), public_key.size()) != 1 ||
      secp256k1_ecdh(secp256k1_secret_context(), point.data(), &key, private_key.data(), compress, nullptr) != 1) {
    return errors::kBadKey;
  }
  return point;
}

}  // namespace opwire::crypto
