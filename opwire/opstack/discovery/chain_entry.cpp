#include "opwire/opstack/discovery/chain_entry.hpp"

#include "opwire/multiformats/varint.hpp"

namespace opwire::opstack {
namespace {

/// As Go reads it: up to ten bytes, minimal or not, and nothing beyond 64 bits. Takes it off the front.
std::optional<std::uint64_t> take_uvarint(ByteView& bytes) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const std::uint8_t byte = bytes.front();
    bytes = bytes.subspan(1);
    if (shift == 63 && byte > 1) return std::nullopt;
    value |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

}  // namespace

Bytes encode(const ChainEntry& entry) {
  Bytes out;
  multiformats::append_varint(out, entry.chain.value);
  multiformats::append_varint(out, entry.version);
  return out;
}

std::optional<ChainEntry> chain_entry(const discv5::NodeRecord& record) {
  auto value = record.find_bytes(kChainEntryKey);
  if (!value) return std::nullopt;
  const auto chain = take_uvarint(*value);
  if (!chain) return std::nullopt;
  const auto version = take_uvarint(*value);
  if (!version) return std::nullopt;
  return ChainEntry{ChainId{*chain}, *version};
}

bool is_of_chain(const discv5::NodeRecord& record, ChainId chain) {
  return chain_entry(record) == ChainEntry{chain, 0};
}

PeerId peer_id(const discv5::NodeRecord& record) {
  return PeerId::of(crypto::PublicKey::parse(crypto::KeyType::kSecp256k1, record.public_key()).value());
}

std::optional<Multiaddr> tcp_address(const discv5::NodeRecord& record, discv5::IpFamilies families) {
  const std::uint16_t tcp = record.tcp().value_or(0);
  if (const auto ip = record.ip4(); families.v4 && ip && tcp != 0) return Multiaddr::ip_tcp(*ip, tcp);
  const std::uint16_t tcp6 = record.tcp6().value_or(tcp);
  if (const auto ip = record.ip6(); families.v6 && ip && tcp6 != 0) return Multiaddr::ip_tcp(*ip, tcp6);
  return std::nullopt;
}

}  // namespace opwire::opstack
