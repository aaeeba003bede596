#include "opwire/opstack/gossip/message.hpp"

#include "opwire/codec/snappy.hpp"
#include "opwire/crypto/hash.hpp"

namespace opwire::opstack {

Result<SharedBytes> decompress_message(ByteView compressed) {
  OPW_TRY(Bytes plain, codec::snappy::decompress(compressed, kMaxMessageSize));
  return SharedBytes(std::move(plain));
}

BlockMessageId message_id(std::string_view topic, ByteView compressed, const Result<SharedBytes>& plain) {
  ByteArray<12> prefix{};
  prefix[0] = plain ? 1 : 0;
  store_le<std::uint64_t>(prefix.data() + 4, topic.size());
  crypto::Sha256 hash;
  hash.update(prefix).update(as_bytes(topic)).update(plain ? plain->view() : compressed);
  const Hash256 digest = hash.finish();
  BlockMessageId id;
  std::copy_n(digest.bytes.begin(), id.size(), id.begin());
  return id;
}

}  // namespace opwire::opstack
