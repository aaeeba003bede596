// opp2p_* that act on peers, as op-node's: protectPeer, unprotectPeer, connectPeer, disconnectPeer.
#pragma once

#include "opwire/node/api/parts.hpp"
#include "opwire/rpc/method_table.hpp"

namespace opwire::node {

/// What op-node's protectPeer tags peers with.
inline constexpr std::string_view kApiTag = "api-protected";

/// The first parameter of a call about a peer, which has so many. The errors begin as op-node's do.
Result<PeerId, rpc::Failure> peer_param(const boost::json::array& params, std::size_t required = 1,
                                        std::size_t most = 1);

/// parts outlives the table.
void add_peer_actions(rpc::MethodTable& methods, const ApiParts& parts);

}  // namespace opwire::node
