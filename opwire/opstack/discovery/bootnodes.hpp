// Where discovery begins: nodes that are known beforehand.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opwire/base/strong.hpp"
#include "opwire/discv5/contact.hpp"
#include "opwire/discv5/enode_url.hpp"
#include "opwire/net/dns.hpp"

namespace opwire::opstack {

/// Records and enode URLs that are known for that chain (chains/bootnodes.csv): its own first, then op-node's built-in
/// ones, which serve all chains. Each node once.
std::vector<std::string> default_bootnodes(ChainId chain);

/// A record, or an enode URL whose host may be a name.
struct Bootnode {
  discv5::RecordPtr record;  ///< null: an enode URL
  std::optional<discv5::EnodeUrl> enode;
};
/// The error is a line for the user that repeats the text.
Result<Bootnode, std::string> parse_bootnode(std::string_view text);

/// Where they are asked. Names are resolved side by side; one that does not resolve, and a record without an address
/// that we reach, is left out with a warning (op-node does not start then). Ends by the deadline, or soon when it is
/// cancelled.
Task<std::vector<discv5::Contact>> resolve_bootnodes(std::vector<Bootnode> bootnodes, net::Resolver& resolver,
                                                     discv5::IpFamilies families, Loop& loop, TimePoint deadline);

}  // namespace opwire::opstack
