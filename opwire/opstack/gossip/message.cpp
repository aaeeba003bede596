#include "opwire/opstack/gossip/message.hpp"

#include "opwire/codec/snappy.hpp"
#include "opwire/crypto/hash.hpp"

namespace opwire::opstack {

Result<SharedBytes> decompress_message(ByteView compressed) {
  OPW_TRY(Bytes plain, codec::snappy::decompress(compressed, kMaxMessageSize));
  return SharedBytes(std::move(plain));
}

namespace {

constexpr std::size_t kDomainSize = 4;

BlockMessageId finish(crypto::Sha256& hash, ByteView compressed, const Result<SharedBytes>& plain) {
  const Hash256 digest = hash.update(plain ? plain->view() : compressed).finish();
  BlockMessageId id;
  std::copy_n(digest.bytes.begin(), id.size(), id.begin());
  return id;
}

}  // namespace

BlockMessageId message_id(std::string_view topic, ByteView compressed, const Result<SharedBytes>& plain) {
  ByteArray<kDomainSize + sizeof(std::uint64_t)> prefix{};
  prefix[0] = plain ? 1 : 0;
  store_le<std::uint64_t>(prefix.data() + kDomainSize, topic.size());
  crypto::Sha256 hash;
  hash.update(prefix).update(as_bytes(topic));
  return finish(hash, compressed, plain);
}

BlockMessageId message_id_without_topic(ByteView compressed, const Result<SharedBytes>& plain) {
  ByteArray<kDomainSize> domain{};
  domain[0] = plain ? 1 : 0;
  crypto::Sha256 hash;
  hash.update(domain);
  return finish(hash, compressed, plain);
}

}  // namespace opwire::opstack
