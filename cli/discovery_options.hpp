// What the commands on discovery share: nodes as the user names them, chains as the user reads them.
#pragma once

#include <string>
#include <vector>

#include "opwire/discv5/contact.hpp"
#include "opwire/net/endpoint.hpp"
#include "opwire/opstack/discovery/bootnodes.hpp"

namespace opwire::cli {

/// The error is a line that begins with the flag.
Result<std::vector<opstack::Bootnode>, std::string> parse_bootnodes(const std::vector<std::string>& texts,
                                                                    const std::string& flag);
/// An IP address and a port. The error names the flag.
Result<net::Endpoint, std::string> parse_listen(const std::string& ip, std::uint16_t port, const std::string& flag);

/// "op-mainnet" where the registry has it, else the number; "-" for a node without an entry.
std::string chain_label(const discv5::NodeRecord& record);

}  // namespace opwire::cli
