// What `opwire peers` writes by: opwire_banPeer, opwire_unbanPeer, opwire_importPeers. op-node has none of them.
//
//   opwire_banPeer(id, seconds, reason)   until then, and disconnects it; answers the ban {"until":…,"reason":…}. A
//                                         static peer cannot be banned.
//   opwire_unbanPeer(id)                  lifts its timed ban; true where there was one. What is blocked stays so.
//   opwire_importPeers([{…},…])           peers as peer_entry.hpp writes them, kMaxImported at once; answers
//                                         {"taken":n,"foreign":n,"refused":[{"entry":index,"why":"…"}]}
#pragma once

#include "opwire/node/api/parts.hpp"
#include "opwire/rpc/method_table.hpp"

namespace opwire::node {

/// Of one call, so that none holds up the loop for long.
inline constexpr std::size_t kMaxImported = 100;

/// parts outlives the table.
void add_peer_book_methods(rpc::MethodTable& methods, const ApiParts& parts);

}  // namespace opwire::node
