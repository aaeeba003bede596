#include "cli/discovery_options.hpp"

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

Result<net::Endpoint, std::string> parse_listen(const std::string& ip, std::uint16_t port, const std::string& flag) {
  const auto endpoint = net::Endpoint::parse_ip(ip, port);
  if (!endpoint) return flag + ": '" + ip + "' is not an IP address";
  return *endpoint;
}

std::string chain_label(const discv5::NodeRecord& record) {
  const auto entry = opstack::chain_entry(record);
  if (!entry) return "-";
  const opstack::Chain* const chain = opstack::find_chain(entry->chain);
  return chain != nullptr ? chain->name : std::to_string(entry->chain.value);
}

}  // namespace opwire::cli
