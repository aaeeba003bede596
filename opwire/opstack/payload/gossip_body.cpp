#include "opwire/opstack/payload/gossip_body.hpp"

#include "opwire/opstack/payload/errors.hpp"

namespace opwire::opstack {

Result<GossipBody> parse_gossip_body(const SharedBytes& plain) {
  constexpr std::size_t kSize = crypto::RecoverableSignature::kSize;
  if (plain.size() < kSize) return errors::kBodyTooShort;
  return GossipBody{*crypto::RecoverableSignature::from(plain.view().first(kSize)), plain.from(kSize)};
}

Bytes make_gossip_body(const crypto::RecoverableSignature& signature, ByteView ssz) {
  Bytes body;
  body.reserve(signature.kSize + ssz.size());
  body.insert(body.end(), signature.bytes.begin(), signature.bytes.end());
  body.insert(body.end(), ssz.begin(), ssz.end());
  return body;
}

}  // namespace opwire::opstack
