#include "opwire/opstack/signer/block_signer.hpp"

#include <cstring>

#include "opwire/codec/hex.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/opstack/signer/signing_hash.hpp"

namespace opwire::opstack {

Result<LocalSigner> LocalSigner::from_hex(ChainId chain, std::string_view private_key) {
  ByteArray<32> key;
  OPW_TRYV(codec::from_hex(private_key, key));
  OPW_TRY(const crypto::PrivateKey parsed, crypto::PrivateKey::parse(crypto::KeyType::kSecp256k1, key));
  OPW_TRY(const Address address, crypto::ethereum_address(parsed.public_key().data()));
  return LocalSigner(chain, key, address);
}

LocalSigner::~LocalSigner() {
  explicit_bzero(key_.data(), key_.size());
}

Task<Result<crypto::RecoverableSignature>> LocalSigner::sign(Hash256 payload_hash) {
  co_return crypto::sign_recoverable(key_, signing_hash(chain_, payload_hash));
}

}  // namespace opwire::opstack
