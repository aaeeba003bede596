#include "opwire/opstack/signer/signing_hash.hpp"

#include "opwire/crypto/hash.hpp"

namespace opwire::opstack {

Hash256 signing_hash(ChainId chain, const Hash256& payload_hash, const Hash256& domain) noexcept {
  ByteArray<96> message{};
  std::copy(domain.bytes.begin(), domain.bytes.end(), message.begin());
  store_be<std::uint64_t>(message.data() + 56, chain.value);
  std::copy(payload_hash.bytes.begin(), payload_hash.bytes.end(), message.begin() + 64);
  return crypto::keccak256(message);
}

}  // namespace opwire::opstack
