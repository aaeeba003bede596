#include "opwire/multiformats/peer_id.hpp"

#include "opwire/crypto/hash.hpp"
#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/key_protobuf.hpp"
#include "opwire/multiformats/multibase.hpp"
#include "opwire/multiformats/multihash.hpp"
#include "opwire/multiformats/varint.hpp"

namespace opwire {

using multiformats::Multihash;
using multiformats::errors::kBadPeerId;

namespace {

constexpr std::uint64_t kCidVersion = 1;
constexpr std::uint64_t kLibp2pKeyCodec = 0x72;
constexpr std::size_t kMaxText = 128;  // the longest form, base16 of a CID, has 93 characters
constexpr std::size_t kShortText = 6;

/// The multihash inside a CID of version 1 of a libp2p key.
Result<ByteView> multihash_of_cid(ByteView cid) {
  for (const std::uint64_t wanted : {kCidVersion, kLibp2pKeyCodec}) {
    const auto number = multiformats::parse_varint(cid);
    if (!number || number->value != wanted) return Error(kBadPeerId, "not a CIDv1 of a libp2p key");
    cid = cid.subspan(number->size);
  }
  return cid;
}

}  // namespace

PeerId PeerId::of(const crypto::PublicKey& key) {
  const Bytes protobuf = multiformats::encode_public_key(key);
  const bool inlined = protobuf.size() <= kMaxInlineKey;
  const Hash256 hash = inlined ? Hash256{} : crypto::sha256(protobuf);
  const ByteView digest = inlined ? ByteView(protobuf) : hash.view();
  PeerId id;
  id.bytes_[0] = inlined ? Multihash::kIdentity : Multihash::kSha256;
  id.bytes_[1] = static_cast<std::uint8_t>(digest.size());
  std::copy(digest.begin(), digest.end(), id.bytes_.begin() + 2);
  id.size_ = static_cast<std::uint8_t>(2 + digest.size());
  return id;
}

Result<PeerId> PeerId::parse(ByteView multihash) {
  const auto parsed = multiformats::parse_multihash(multihash);
  if (!parsed) return Error(kBadPeerId, "malformed multihash");
  const std::size_t length = parsed->digest.size();
  switch (parsed->function) {
    case Multihash::kIdentity:
      if (length == 0 || length > kMaxInlineKey) return Error(kBadPeerId, "length of an identity multihash");
      break;
    case Multihash::kSha256:
      if (length != Hash256::kSize) return Error(kBadPeerId, "length of a SHA-256 digest");
      break;
    default:
      return Error(kBadPeerId, "multihash of another function");
  }
  PeerId id;
  std::copy(multihash.begin(), multihash.end(), id.bytes_.begin());
  id.size_ = static_cast<std::uint8_t>(multihash.size());
  return id;
}

Result<PeerId> PeerId::parse_text(std::string_view text) {
  if (text.size() > kMaxText) return Error(kBadPeerId, "text is too long");
  const bool is_cid = !text.starts_with('1') && !text.starts_with("Qm");
  const auto decoded = is_cid ? multiformats::from_multibase(text) : multiformats::from_base58(text);
  if (!decoded) return Error(kBadPeerId, "text is in no base known here");
  if (!is_cid) return parse(*decoded);
  OPW_TRY(const ByteView multihash, multihash_of_cid(*decoded));
  return parse(multihash);
}

std::string PeerId::to_string() const {
  return multiformats::to_base58(bytes());
}

std::string PeerId::short_string() const {
  const std::string text = to_string();
  return "…" + text.substr(text.size() - std::min(text.size(), kShortText));
}

Result<crypto::PublicKey> PeerId::public_key() const {
  if (bytes_[0] != Multihash::kIdentity) return Error(kBadPeerId, "the id is a hash of the key");
  auto key = multiformats::parse_public_key(bytes().subspan(2));
  if (!key || of(*key) != *this) return Error(kBadPeerId, "no canonical key inside");
  return key;
}

}  // namespace opwire
