// The `opstack` entry of a node record: which chain a node is of; and what its record says to libp2p.
#pragma once

#include <optional>

#include "opwire/discv5/contact.hpp"
#include "opwire/multiformats/multiaddr.hpp"

namespace opwire::opstack {

inline constexpr const char* kChainEntryKey = "opstack";

/// On the wire: uvarint chain id, uvarint version, as one byte string. op-node takes version 0 alone.
struct ChainEntry {
  ChainId chain;
  std::uint64_t version = 0;
  bool operator==(const ChainEntry&) const = default;
};

/// What goes into a record under kChainEntryKey.
Bytes encode(const ChainEntry& entry);
/// Nothing where there is no entry, or none that can be read. Further bytes behind it are let pass, as in op-node.
std::optional<ChainEntry> chain_entry(const discv5::NodeRecord& record);
/// Whether op-node would take it for a peer of that chain.
bool is_of_chain(const discv5::NodeRecord& record, ChainId chain);

/// The libp2p id of the same key.
PeerId peer_id_of(const discv5::NodeRecord& record);
/// The discv5 id of the same key; nothing where the key is of another kind.
std::optional<discv5::NodeId> node_id_of(const crypto::PublicKey& key);
/// /ip4|ip6/…/tcp/…, IPv4 first. Nothing without a port (op-node makes an address of port 0 then, which nobody can
/// dial).
std::optional<Multiaddr> tcp_address(const discv5::NodeRecord& record, discv5::IpFamilies families);

}  // namespace opwire::opstack
