#include "cli/discovery_options.hpp"

#include <algorithm>

#include "opwire/opstack/chain/registry.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"

namespace opwire::cli {

Result<std::vector<opstack::Bootnode>, std::string> parse_bootnodes(const std::vector<std::string>& texts,
                                                                    const std::string& flag) {
  std::vector<opstack::Bootnode> nodes;
  for (const std::string& text : texts) {
    auto node = opstack::parse_bootnode(text);
    if (!node) return flag + ": " + node.error();
    nodes.push_back(std::move(*node));
  }
  return nodes;
}

Result<net::Endpoint, std::string> parse_listen(const std::string& ip, unsigned port, const std::string& flag) {
  const bool is_v6 = ip.find(':') != std::string::npos;
  const auto endpoint = net::Endpoint::parse((is_v6 ? "[" + ip + "]:" : ip + ":") + std::to_string(port));
  if (!endpoint) return flag + ": '" + ip + "' is not an IP address";
  return *endpoint;
}

std::string chain_label(const discv5::NodeRecord& record) {
  const auto entry = opstack::chain_entry(record);
  if (!entry) return "-";
  const opstack::Chain* const chain = opstack::find_chain(entry->chain);
  return chain != nullptr ? chain->name : std::to_string(entry->chain.value);
}

discv5::IpFamilies families_of(const net::Endpoint& listen) {
  const bool any = std::ranges::all_of(listen.ip(), [](std::uint8_t byte) { return byte == 0; });
  return {!listen.is_v6 || any, listen.is_v6};
}

}  // namespace opwire::cli
