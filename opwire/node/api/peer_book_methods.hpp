// Timed bans by hand, and what `opwire peers` writes by. op-node has none of them.
//
//   opwire_banPeer(id, seconds, reason)   until then, and disconnects it; answers the ban {"until":…,"reason":…}. A
//                                         static peer cannot be banned.
//   opwire_unbanPeer(id)                  lifts its timed ban; true where there was one. What is blocked stays so.
//   opwire_banIp(ip, seconds, reason), opwire_unbanIp(ip)
//                                         the same of an address; static peers there stay
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
