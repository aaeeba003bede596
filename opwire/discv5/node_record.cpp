#include "opwire/discv5/node_record.hpp"

#include "opwire/codec/rlp.hpp"
#include "opwire/crypto/ecdsa_compact.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/discv5/errors.hpp"
#include "opwire/multiformats/multibase.hpp"

namespace opwire::discv5 {
namespace {

namespace rlp = codec::rlp;

constexpr std::string_view kPrefix = "enr:";
constexpr std::string_view kIdKey = "id", kPublicKeyKey = "secp256k1";
constexpr std::string_view kScheme = "v4";

/// The items behind the signature, which they are signed as a list of.
Hash256 signed_hash(ByteView content) {
  Bytes list = to_bytes(content);
  rlp::wrap_list(list, 0);
  return crypto::keccak256(list);
}

/// Seq and pairs, whose keys must ascend.
Result<std::uint64_t> check_content(ByteView content) {
  rlp::Reader items(content);
  OPW_TRY(const std::uint64_t seq, items.uint());
  std::optional<ByteView> last;
  while (!items.empty()) {
    OPW_TRY(const ByteView key, items.bytes());
    if (last && as_text(*last) >= as_text(key)) return errors::kRecordKeys;
    last = key;
    if (items.empty()) return errors::kBadRecord;
    OPW_TRYV(items.encoded());
  }
  return seq;
}

template <std::size_t N>
std::optional<ByteArray<N>> array_of(const std::optional<ByteView>& bytes) {
  if (!bytes || bytes->size() != N) return std::nullopt;
  ByteArray<N> array;
  std::ranges::copy(*bytes, array.begin());
  return array;
}

}  // namespace

Result<NodeRecord> NodeRecord::parse(ByteView encoded) {
  if (encoded.size() > kMaxRecordSize) return errors::kRecordTooLarge;
  OPW_TRY(rlp::Reader items, rlp::read_list(encoded));
  OPW_TRY(const ByteView signature_bytes, items.bytes());
  const auto signature = crypto::CompactSignature::from(signature_bytes);
  if (!signature) return errors::kBadRecord;
  const ByteView content = items.rest();

  NodeRecord record;
  record.encoded_ = to_bytes(encoded);
  OPW_TRY(record.seq_, check_content(content));
  const auto scheme = record.find_bytes(kIdKey);
  if (!scheme || as_text(*scheme) != kScheme) return errors::kUnknownScheme;
  const auto key = array_of<33>(record.find_bytes(kPublicKeyKey));
  if (!key) return errors::kBadRecord;
  record.public_key_ = *key;
  OPW_TRY(const Hash256 key_hash, crypto::ethereum_key_hash(*key));
  record.id_.bytes = key_hash.bytes;
  if (!crypto::verify_compact(*key, *signature, signed_hash(content))) return errors::kRecordSignature;
  return record;
}

Result<NodeRecord> NodeRecord::parse_text(std::string_view text) {
  if (!text.starts_with(kPrefix)) return errors::kBadRecordText;
  text.remove_prefix(kPrefix.size());
  if (text.size() > kMaxRecordSize * 4 / 3) return errors::kRecordTooLarge;
  const Result<Bytes> encoded = multiformats::from_base64url(text);
  if (!encoded) return errors::kBadRecordText;
  return parse(*encoded);
}

std::string NodeRecord::to_text() const {
  return std::string(kPrefix) + multiformats::to_base64url(encoded_);
}

// It was read before: nothing fails here.
codec::rlp::Reader NodeRecord::pairs() const {
  rlp::Reader items = rlp::read_list(encoded_).value();
  items.encoded().value();
  items.encoded().value();
  return items;
}

std::vector<std::string> NodeRecord::keys() const {
  std::vector<std::string> keys;
  for (rlp::Reader items = pairs(); !items.empty(); items.encoded().value()) {
    keys.emplace_back(as_text(items.bytes().value()));
  }
  return keys;
}

std::optional<ByteView> NodeRecord::find(std::string_view wanted) const {
  rlp::Reader items = pairs();
  while (!items.empty()) {
    const ByteView key = items.bytes().value();
    const ByteView value = items.encoded().value();
    if (as_text(key) == wanted) return value;
  }
  return std::nullopt;
}

std::optional<ByteView> NodeRecord::find_bytes(std::string_view key) const {
  const auto value = find(key);
  if (!value) return std::nullopt;
  const Result<ByteView> bytes = rlp::Reader(*value).bytes();
  return bytes ? std::optional(*bytes) : std::nullopt;
}

std::optional<ByteArray<4>> NodeRecord::ip4() const {
  return array_of<4>(find_bytes("ip"));
}

std::optional<ByteArray<16>> NodeRecord::ip6() const {
  return array_of<16>(find_bytes("ip6"));
}

std::optional<std::uint16_t> NodeRecord::port(std::string_view key) const {
  const auto value = find(key);
  if (!value) return std::nullopt;
  const Result<std::uint64_t> number = rlp::Reader(*value).uint();
  if (!number || *number > UINT16_MAX) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

NodeRecordDraft& NodeRecordDraft::set(std::string key, ByteView bytes) {
  Bytes value;
  rlp::append_bytes(value, bytes);
  values_.insert_or_assign(std::move(key), std::move(value));
  return *this;
}

NodeRecordDraft& NodeRecordDraft::set(std::string key, std::uint64_t number) {
  Bytes value;
  rlp::append_uint(value, number);
  values_.insert_or_assign(std::move(key), std::move(value));
  return *this;
}

Result<NodeRecord> NodeRecordDraft::sign(ByteView private_key, std::uint64_t seq) const {
  OPW_TRY(const crypto::PrivateKey key, crypto::PrivateKey::parse(crypto::KeyType::kSecp256k1, private_key));
  NodeRecordDraft whole = *this;
  whole.set(std::string(kIdKey), as_bytes(kScheme)).set(std::string(kPublicKeyKey), key.public_key().data());
  Bytes content;
  rlp::append_uint(content, seq);
  for (const auto& [name, value] : whole.values_) {
    rlp::append_bytes(content, as_bytes(name));
    content.insert(content.end(), value.begin(), value.end());
  }
  OPW_TRY(const crypto::CompactSignature signature, crypto::sign_compact(private_key, signed_hash(content)));
  Bytes encoded;
  rlp::append_bytes(encoded, signature.view());
  encoded.insert(encoded.end(), content.begin(), content.end());
  rlp::wrap_list(encoded, 0);
  return NodeRecord::parse(encoded);
}

}  // namespace opwire::discv5
