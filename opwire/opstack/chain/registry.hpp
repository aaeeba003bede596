// The chains that --network knows: the public superchain registry's, and Base's two (chains/README.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opwire/opstack/chain/rollup_config.hpp"

namespace opwire::opstack {

struct Chain {
  std::string name;          ///< "op-mainnet": what --network takes
  std::string display_name;  ///< "OP Mainnet"
  Address unsafe_block_signer;
  RollupConfig config;
};

/// By name, upper or lower case; "mainnet" and "sepolia" are op-node's old names of op-mainnet and op-sepolia. The
/// chain lives as long as the process. The error is a line for the user, with the names that come near.
Result<const Chain*, std::string> find_chain(std::string_view name);

/// By L2 chain id; null where unknown.
const Chain* find_chain(ChainId id);

/// All names, sorted.
std::vector<std::string> chain_names();

}  // namespace opwire::opstack
