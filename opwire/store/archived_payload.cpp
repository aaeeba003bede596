#include "opwire/store/archived_payload.hpp"

#include "opwire/store/errors.hpp"

namespace opwire::store {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kKindAt = 1;
constexpr std::size_t kPayloadVersionAt = 2;
constexpr std::size_t kNumberAt = 3;
constexpr std::size_t kHashAt = 11;
constexpr std::size_t kParentAt = 43;
constexpr std::size_t kTimestampAt = 75;
constexpr std::size_t kHeaderSize = 83;
constexpr std::size_t kSignatureSize = 65;

bool is_kind(std::uint8_t byte) noexcept {
  return byte == static_cast<std::uint8_t>(PayloadKind::kSigned) ||
         byte == static_cast<std::uint8_t>(PayloadKind::kLinked);
}

bool is_version(std::uint8_t byte) noexcept {
  for (const opstack::PayloadVersion version : opstack::kPayloadVersions) {
    if (byte == static_cast<std::uint8_t>(version)) return true;
  }
  return false;
}

void copy_hash(Hash256& hash, ByteView record, std::size_t at) noexcept {
  std::memcpy(hash.bytes.data(), record.data() + at, Hash256::kSize);
}

}  // namespace

bool is_storable(const ArchivedPayload& payload) noexcept {
  return is_kind(static_cast<std::uint8_t>(payload.kind)) && is_version(static_cast<std::uint8_t>(payload.version)) &&
         payload.signature.has_value() == (payload.kind == PayloadKind::kSigned) &&
         payload.framed.size() <= kMaxFramedPayload;
}

Bytes encode_payload(const ArchivedPayload& payload) {
  OPW_CHECK(is_storable(payload));
  Bytes record;
  record.reserve(kHeaderSize + kSignatureSize + payload.framed.size());
  record.resize(kHeaderSize);
  record[0] = kVersion;
  record[kKindAt] = static_cast<std::uint8_t>(payload.kind);
  record[kPayloadVersionAt] = static_cast<std::uint8_t>(payload.version);
  store_le(record.data() + kNumberAt, payload.number.value);
  std::memcpy(record.data() + kHashAt, payload.hash.bytes.data(), Hash256::kSize);
  std::memcpy(record.data() + kParentAt, payload.parent_hash.bytes.data(), Hash256::kSize);
  store_le(record.data() + kTimestampAt, payload.timestamp);
  if (payload.signature) record.insert(record.end(), payload.signature->begin(), payload.signature->end());
  record.insert(record.end(), payload.framed.begin(), payload.framed.end());
  return record;
}

Result<ArchivedPayload> parse_payload(ByteView record) {
  if (record.size() < kHeaderSize) return Error(errors::kBadValue, "size");
  if (record[0] != kVersion) return Error(errors::kBadValue, "version");
  if (!is_kind(record[kKindAt])) return Error(errors::kBadValue, "kind");
  if (!is_version(record[kPayloadVersionAt])) return Error(errors::kBadValue, "payload version");
  ArchivedPayload payload;
  payload.kind = static_cast<PayloadKind>(record[kKindAt]);
  payload.version = static_cast<opstack::PayloadVersion>(record[kPayloadVersionAt]);
  payload.number = BlockNumber{load_le<std::uint64_t>(record.data() + kNumberAt)};
  copy_hash(payload.hash, record, kHashAt);
  copy_hash(payload.parent_hash, record, kParentAt);
  payload.timestamp = load_le<std::uint64_t>(record.data() + kTimestampAt);
  ByteView rest = record.subspan(kHeaderSize);
  if (payload.kind == PayloadKind::kSigned) {
    if (rest.size() < kSignatureSize) return Error(errors::kBadValue, "signature");
    std::memcpy(payload.signature.emplace().data(), rest.data(), kSignatureSize);
    rest = rest.subspan(kSignatureSize);
  }
  if (rest.size() > kMaxFramedPayload) return Error(errors::kBadValue, "size");
  payload.framed = to_bytes(rest);
  return payload;
}

std::optional<PayloadKind> payload_kind(ByteView record) noexcept {
  if (record.size() < kHeaderSize || !is_kind(record[kKindAt])) return std::nullopt;
  return static_cast<PayloadKind>(record[kKindAt]);
}

std::optional<std::uint64_t> payload_timestamp(ByteView record) noexcept {
  if (record.size() < kHeaderSize) return std::nullopt;
  return load_le<std::uint64_t>(record.data() + kTimestampAt);
}

}  // namespace opwire::store
