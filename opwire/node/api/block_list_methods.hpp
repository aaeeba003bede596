// opp2p_block*, opp2p_unblock* and opp2p_listBlocked*, in op-node's JSON; and opwire_bans, which op-node has not: who
// is banned, until when and why. peer_book_methods.hpp bans and unbans.
#pragma once

#include "opwire/node/api/parts.hpp"
#include "opwire/opstack/reputation/ip.hpp"
#include "opwire/rpc/method_table.hpp"

namespace opwire::node {

/// The first parameter of a call about an address, which has so many.
Result<opstack::reputation::Ip, rpc::Failure> ip_param(const boost::json::array& params, std::size_t required = 1,
                                                       std::size_t most = 1);

/// A Go net.IPNet: {"IP":"10.0.0.0","Mask":"/wAAAA=="}.
std::string subnet_json(const multiformats::IpNetwork& subnet);
/// Errors, as op-node says them: "invalid request" (no IP, or no mask), "invalid argument 0: …" (not readable). What
/// op-node takes and what then blocks nobody, a mask with gaps or of another length, is an invalid request too.
Result<multiformats::IpNetwork, rpc::Failure> read_subnet(const boost::json::value& value);

/// Blocking disconnects nobody. parts outlives the table.
void add_block_list_methods(rpc::MethodTable& methods, const ApiParts& parts);

}  // namespace opwire::node
