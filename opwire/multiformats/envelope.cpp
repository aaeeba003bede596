#include "opwire/multiformats/envelope.hpp"

#include <optional>
#include <utility>

#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/key_protobuf.hpp"
#include "opwire/multiformats/protobuf.hpp"

namespace opwire::multiformats {

using protobuf::Field;
using protobuf::Reader;
using protobuf::WireType;
using protobuf::Writer;

namespace {

constexpr std::string_view kRecordDomain = "libp2p-peer-record";
constexpr std::uint8_t kRecordType[] = {0x03, 0x01};

// Field 4 was never used.
constexpr std::uint32_t kKeyField = 1;
constexpr std::uint32_t kPayloadTypeField = 2;
constexpr std::uint32_t kPayloadField = 3;
constexpr std::uint32_t kSignatureField = 5;

constexpr std::uint32_t kRecordPeerField = 1;
constexpr std::uint32_t kRecordSeqField = 2;
constexpr std::uint32_t kRecordAddressField = 3;
constexpr std::uint32_t kAddressField = 1;  // of the message inside

struct RawEnvelope {
  ByteView key;
  ByteView payload_type;
  ByteView payload;
  ByteView signature;
};

Result<RawEnvelope> parse_raw_envelope(ByteView message) {
  RawEnvelope envelope;
  for (Reader reader(message); !reader.done();) {
    const auto field = reader.next();
    if (!field) return Error(errors::kBadEnvelope, "protobuf");
    if (field->is(kKeyField, WireType::kBytes)) envelope.key = field->bytes;
    if (field->is(kPayloadTypeField, WireType::kBytes)) envelope.payload_type = field->bytes;
    if (field->is(kPayloadField, WireType::kBytes)) envelope.payload = field->bytes;
    if (field->is(kSignatureField, WireType::kBytes)) envelope.signature = field->bytes;
  }
  return envelope;
}

// What the signature covers: each part with its length in front.
Bytes signed_bytes(std::string_view domain, ByteView payload_type, ByteView payload) {
  Bytes out;
  for (const ByteView part : {as_bytes(domain), payload_type, payload}) {
    append_varint(out, part.size());
    out.insert(out.end(), part.begin(), part.end());
  }
  return out;
}

// Singular: the last one counts. An address message without an address is an empty address.
Result<ByteView> parse_address_info(ByteView message) {
  ByteView address;
  for (Reader reader(message); !reader.done();) {
    OPW_TRY(const Field field, reader.next());
    if (field.is(kAddressField, WireType::kBytes)) address = field.bytes;
  }
  return address;
}

Bytes encode_record(const PeerRecord& record) {
  Bytes out;
  Writer writer(out);
  writer.bytes(kRecordPeerField, record.peer.bytes()).varint(kRecordSeqField, record.seq);
  for (const Multiaddr& address : record.addresses) {
    const ByteView bytes = address.bytes();
    writer.bytes_header(kRecordAddressField, protobuf::bytes_field_size(kAddressField, bytes.size()));
    writer.bytes(kAddressField, bytes);
  }
  return out;
}

Result<PeerRecord> parse_record(ByteView message, const PeerId& signer, std::size_t max_addresses) {
  PeerRecord record{signer, 0, {}};
  ByteView peer;
  for (Reader reader(message); !reader.done();) {
    OPW_TRY(const Field field, reader.next());
    if (field.is(kRecordPeerField, WireType::kBytes)) peer = field.bytes;
    if (field.is(kRecordSeqField, WireType::kVarint)) record.seq = field.number_value;
    if (!field.is(kRecordAddressField, WireType::kBytes) || record.addresses.size() >= max_addresses) continue;
    OPW_TRY(const ByteView bytes, parse_address_info(field.bytes));
    if (auto address = Multiaddr::parse(bytes)) record.addresses.push_back(*std::move(address));
  }
  if (!equal(peer, signer.bytes())) return errors::kRecordPeer;
  return record;
}

}  // namespace

Bytes seal_envelope(const crypto::PrivateKey& key, std::string_view domain, ByteView payload_type, ByteView payload) {
  Bytes out;
  Writer(out)
      .bytes(kKeyField, encode_public_key(key.public_key()))
      .bytes(kPayloadTypeField, payload_type)
      .bytes(kPayloadField, payload)
      .bytes(kSignatureField, key.sign(signed_bytes(domain, payload_type, payload)));
  return out;
}

Result<SignedEnvelope> open_envelope(ByteView envelope, std::string_view domain) {
  OPW_TRY(const RawEnvelope raw, parse_raw_envelope(envelope));
  auto key = parse_public_key(raw.key);
  if (!key) return Error(errors::kBadEnvelope, "public key");
  if (!key->verify(signed_bytes(domain, raw.payload_type, raw.payload), raw.signature))
    return errors::kEnvelopeSignature;
  return SignedEnvelope{*std::move(key), to_bytes(raw.payload_type), to_bytes(raw.payload)};
}

Bytes seal_peer_record(const crypto::PrivateKey& key, const PeerRecord& record) {
  return seal_envelope(key, kRecordDomain, kRecordType, encode_record(record));
}

Result<PeerRecord> open_peer_record(ByteView envelope, std::size_t max_addresses) {
  OPW_TRY(const SignedEnvelope opened, open_envelope(envelope, kRecordDomain));
  if (!equal(opened.payload_type, kRecordType)) return errors::kEnvelopeType;
  return parse_record(opened.payload, PeerId::of(opened.key), max_addresses);
}

}  // namespace opwire::multiformats
