// Changes to a running node: opwire_staticPeers, opwire_addStaticPeer, opwire_removeStaticPeer, opwire_enforceBlocks
// and, for admins, opwire_reload.
#pragma once

#include "opwire/node/api/parts.hpp"
#include "opwire/rpc/method_table.hpp"

namespace opwire::node {

/// parts outlives the table.
void add_live_methods(rpc::MethodTable& methods, const ApiParts& parts);

}  // namespace opwire::node
