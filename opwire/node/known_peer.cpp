#include "opwire/node/known_peer.hpp"

#include "opwire/multiformats/key_protobuf.hpp"
#include "opwire/multiformats/protobuf.hpp"
#include "opwire/opstack/reputation/errors.hpp"
#include "opwire/opstack/reputation/peer_scores.hpp"

namespace opwire::node {
namespace {

namespace reputation = opstack::reputation;
using protobuf::Field;
using protobuf::WireType;

Result<WallTime> time_of(const Field& field) {
  if (field.number_value > reputation::kMaxRecordTime) return reputation::errors::kRecordTime;
  return from_unix_seconds(field.number_value);
}

Result<void> take_address(ByteView message, KnownPeer& into) {
  KnownPeer::Address one;
  protobuf::Reader reader(message);
  while (!reader.done()) {
    OPW_TRY(const Field field, reader.next());
    if (field.is(1, WireType::kBytes)) {
      auto address = Multiaddr::parse(field.bytes);
      if (address) one.address = address->without_peer();
    } else if (field.is(2, WireType::kVarint)) {
      OPW_TRY(one.until, time_of(field));
    }
  }
  if (!one.address.empty() && into.addresses.size() < kMaxKnownAddresses) into.addresses.push_back(std::move(one));
  return {};
}

Result<void> take_key(const PeerId& peer, ByteView bytes, KnownPeer& into) {
  auto key = multiformats::parse_public_key(bytes);
  if (!key || PeerId::of(*key) != peer) return reputation::errors::kRecordKey;
  into.key = std::move(*key);
  return {};
}

std::string short_text(ByteView bytes) {
  return std::string(as_text(bytes.first(std::min(bytes.size(), kMaxKnownText))));
}

Result<void> take(const PeerId& peer, const Field& field, KnownPeer& into) {
  if (field.is(1, WireType::kBytes)) return take_address(field.bytes, into);
  if (field.is(2, WireType::kBytes)) return take_key(peer, field.bytes, into);
  if (field.is(3, WireType::kBytes)) {
    const bool fits = into.protocols.size() < kMaxKnownProtocols && field.bytes.size() <= kMaxKnownText;
    if (fits) into.protocols.emplace_back(as_text(field.bytes));
  } else if (field.is(4, WireType::kBytes)) {
    into.agent = short_text(field.bytes);
  } else if (field.is(5, WireType::kVarint)) {
    OPW_TRY(into.last_update, time_of(field));
  } else if (field.is(6, WireType::kVarint)) {
    OPW_TRY(into.last_seen, time_of(field));
  }
  return {};
}

Bytes encode(const KnownPeer::Address& address) {
  Bytes out;
  protobuf::Writer(out).bytes(1, address.address.bytes()).varint(2, unix_seconds(address.until));
  return out;
}

}  // namespace

Bytes encode(const KnownPeer& known) {
  Bytes out;
  protobuf::Writer writer(out);
  for (std::size_t i = 0; i < std::min(known.addresses.size(), kMaxKnownAddresses); ++i) {
    writer.bytes(1, encode(known.addresses[i]));
  }
  if (known.key) writer.bytes(2, multiformats::encode_public_key(*known.key));
  std::size_t protocols = 0;
  for (const std::string& protocol : known.protocols) {
    if (protocol.size() > kMaxKnownText || ++protocols > kMaxKnownProtocols) continue;
    writer.bytes(3, as_bytes(protocol));
  }
  if (!known.agent.empty()) writer.bytes(4, as_bytes(std::string_view(known.agent).substr(0, kMaxKnownText)));
  writer.varint(5, unix_seconds(known.last_update)).varint(6, unix_seconds(known.last_seen));
  return out;
}

Result<KnownPeer> parse_known_peer(const PeerId& peer, ByteView record) {
  if (record.size() > kMaxKnownPeer) return reputation::errors::kRecordTooLong;
  KnownPeer known;
  protobuf::Reader reader(record);
  while (!reader.done()) {
    OPW_TRY(const Field field, reader.next());
    OPW_TRYV(take(peer, field, known));
  }
  return known;
}

}  // namespace opwire::node
