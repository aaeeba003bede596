// opp2p_* that act on peers, as op-node's: protectPeer, unprotectPeer, connectPeer, disconnectPeer.
#pragma once

#include "opwire/node/api/parts.hpp"
#include "opwire/rpc/method_table.hpp"

namespace opwire::node {

/// What op-node's protectPeer tags peers with.
inline constexpr std::string_view kApiTag = "api-protected";

/// The one parameter of a call about a peer. The errors begin as op-node's do.
Result<PeerId, rpc::Failure> peer_param(const boost::json::array& params);

/// parts outlives the table.
void add_peer_actions(rpc::MethodTable& methods, const ApiParts& parts);

}  // namespace opwire::node
