// The genesis file that op-geth's `init` takes, of a chain that exists nowhere else.
#pragma once

#include <span>
#include <string>

#include "opwire/opstack/chain/rollup_config.hpp"

namespace opwire::opstack {

/// Read from config: the chain id, the genesis' time, gas limit and fee parameters, and the forks. The block's hash is
/// for the engine to tell (EngineApi::block_id); config.genesis.l2.hash is not looked at. Each of the accounts gets
/// 10,000 ether. Predeploys have no code: the L1 attributes contract takes every call and does nothing.
std::string to_engine_genesis(const RollupConfig& config, std::span<const Address> accounts);

}  // namespace opwire::opstack
