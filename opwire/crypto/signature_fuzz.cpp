// Any bytes as a signature under a good key of each type, and, where there are enough, as a recoverable signature and
// its digest.
#include "opwire/base/check.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/crypto/keys.hpp"

using namespace opwire;
using namespace opwire::crypto;

namespace {

void try_verify(ByteView signature) {
  static const auto keys = [] {
    SeededRng rng(1);
    return std::array{PrivateKey::generate(KeyType::kSecp256k1, rng), PrivateKey::generate(KeyType::kEd25519, rng),
                      PrivateKey::generate(KeyType::kEcdsa, rng)};
  }();
  for (const PrivateKey& key : keys) (void)key.public_key().verify(as_bytes("message"), signature);
}

void try_recover(ByteView data) {
  if (data.size() != RecoverableSignature::kSize + Hash256::kSize) return;
  const auto signature = RecoverableSignature::from(data.first(RecoverableSignature::kSize)).value();
  const auto digest = Hash256::from(data.last(Hash256::kSize)).value();
  (void)recover_address(signature, digest);
  // The first half as a private key: what it signs is recovered to its own address.
  const ByteView secret = data.first(32);
  if (const auto made = sign_recoverable(secret, digest)) {
    const auto key = PrivateKey::parse(KeyType::kSecp256k1, secret).value();
    OPW_CHECK(recover_address(*made, digest).value() == ethereum_address(key.public_key().data()).value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const ByteView data(bytes, size);
  try_verify(data);
  try_recover(data);
  return 0;
}
