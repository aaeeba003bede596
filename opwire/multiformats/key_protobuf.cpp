#include "opwire/multiformats/key_protobuf.hpp"

#include <optional>

#include "opwire/crypto/errors.hpp"
#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/protobuf.hpp"

namespace opwire::multiformats {

using protobuf::WireType;

namespace {

constexpr std::uint32_t kTypeField = 1;
constexpr std::uint32_t kDataField = 2;

struct RawKey {
  crypto::KeyType type;
  ByteView data;
};

Result<RawKey> parse_raw_key(ByteView message) {
  std::optional<std::uint64_t> type;
  std::optional<ByteView> data;
  for (protobuf::Reader reader(message); !reader.done();) {
    OPW_TRY(const protobuf::Field field, reader.next());
    if (field.is(kTypeField, WireType::kVarint)) type = field.number_value;
    if (field.is(kDataField, WireType::kBytes)) data = field.bytes;
  }
  if (!type || !data) return Error(errors::kBadProtobuf, "key without type or data");
  if (*type > static_cast<std::uint64_t>(crypto::KeyType::kEcdsa)) return crypto::errors::kUnknownKeyType;
  return RawKey{static_cast<crypto::KeyType>(*type), *data};
}

Bytes encode_raw_key(crypto::KeyType type, ByteView data) {
  const auto number = static_cast<std::uint64_t>(type);
  Bytes out;
  out.reserve(protobuf::varint_field_size(kTypeField, number) + protobuf::bytes_field_size(kDataField, data.size()));
  protobuf::Writer(out).varint(kTypeField, number).bytes(kDataField, data);
  return out;
}

}  // namespace

Bytes encode_public_key(const crypto::PublicKey& key) {
  return encode_raw_key(key.type(), key.data());
}

Result<crypto::PublicKey> parse_public_key(ByteView protobuf) {
  OPW_TRY(const RawKey key, parse_raw_key(protobuf));
  return crypto::PublicKey::parse(key.type, key.data);
}

Bytes encode_private_key(const crypto::PrivateKey& key) {
  return encode_raw_key(key.type(), key.data());
}

Result<crypto::PrivateKey> parse_private_key(ByteView protobuf) {
  OPW_TRY(const RawKey key, parse_raw_key(protobuf));
  return crypto::PrivateKey::parse(key.type, key.data);
}

}  // namespace opwire::multiformats
