// opp2p_self, opp2p_peers, opp2p_peerStats, opp2p_discoveryTable: what op-node tells of peers, field for field.
#pragma once

#include "opwire/node/api/parts.hpp"
#include "opwire/rpc/method_table.hpp"

namespace opwire::node {

/// Errors: a peer whose key is not secp256k1, which op-node's form has no place for; the text says so.
rpc::MethodAnswer self_json(const ApiParts& parts);
/// only_connected: else all that are remembered, ourselves among them. Peers without a secp256k1 key are left out.
std::string peers_json(const ApiParts& parts, bool only_connected);
std::string peer_stats_json(const ApiParts& parts);
/// Records as "enr:" texts. Errors: discovery is off; op-node's words.
rpc::MethodAnswer discovery_table_json(const ApiParts& parts);

}  // namespace opwire::node
