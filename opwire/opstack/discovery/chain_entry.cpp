#include "opwire/opstack/discovery/chain_entry.hpp"

#include <algorithm>

#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/multiformats/ip_scope.hpp"
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
/// IPv4 addresses that are mapped into IPv6 belong into the other entry.
bool is_ip6_host(ByteView ip) noexcept {
  return multiformats::unmap_ip(ip).size() == ip.size() && multiformats::is_host_ip(ip);
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

PeerId peer_id_of(const discv5::NodeRecord& record) {
  return PeerId::of(crypto::PublicKey::parse(crypto::KeyType::kSecp256k1, record.public_key()).value());
}

std::optional<discv5::NodeId> node_id_of(const crypto::PublicKey& key) {
  if (key.type() != crypto::KeyType::kSecp256k1) return std::nullopt;
  const auto hash = crypto::ethereum_key_hash(key.data());
  return hash ? discv5::NodeId::from(hash->view()) : std::nullopt;
}

std::optional<Multiaddr> tcp_address(const discv5::NodeRecord& record, discv5::IpFamilies families) {
  const std::uint16_t tcp = record.tcp().value_or(0);
  const auto ip4 = record.ip4();
  if (families.v4 && ip4 && tcp != 0 && multiformats::is_host_ip(*ip4)) return Multiaddr::ip_tcp(*ip4, tcp);
  const std::uint16_t tcp6 = record.tcp6().value_or(tcp);
  const auto ip6 = record.ip6();
  if (families.v6 && ip6 && tcp6 != 0 && is_ip6_host(*ip6)) return Multiaddr::ip_tcp(*ip6, tcp6);
  return std::nullopt;
}

}  // namespace opwire::opstack
