#include "cli/visitor.hpp"

#include "cli/dialer.hpp"
#include "cli/go_values.hpp"

namespace opwire::cli {

Result<node::Config, std::string> make_visitor_config(const ChainOptions& chain_options,
                                                      const std::vector<std::string>& peers) {
  OPW_TRY(ChosenChain chain, choose_chain(chain_options));
  SystemRng rng;
  node::Config config(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng));
  config.chain_name = chain.name;
  config.rollup = std::move(chain.config);
  config.unsafe_block_signer = chain.signer;
  for (const std::string& text : peers) {
    for (const std::string& one : split_list(text)) {
      auto address = parse_peer_address(one);
      if (!address) return "--p2p.static: " + address.error();
      config.static_peers.push_back(std::move(*address));
    }
  }
  return config;
}

Result<Duration, std::string> duration_option(const char* flag, const std::string& text) {
  const auto duration = parse_go_duration(text);
  if (!duration || *duration < Duration::zero()) return flag + (": '" + text) + "' is not a duration, such as 30s";
  return *duration;
}

}  // namespace opwire::cli
