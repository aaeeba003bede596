// Which chain: the flags that several commands share.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "opwire/base/result.hpp"
#include "opwire/opstack/chain/rollup_config.hpp"

namespace opwire::cli {

struct ChainOptions {
  std::string network;
  std::string rollup_config;
  std::string signer;
  std::map<std::string, std::uint64_t> overrides;  ///< fork name ("isthmus") to its time
};

void add_chain_options(CLI::App& app, ChainOptions& options);

/// A chain that was chosen, checked, with who may sign its blocks (zero: unknown).
struct ChosenChain {
  std::string name;  ///< the registry's, or the file's path
  opstack::RollupConfig config;
  Address signer;
  std::vector<std::string> warnings;
};

/// The error is one line that names the flag or file.
Result<ChosenChain, std::string> choose_chain(const ChainOptions& options);

}  // namespace opwire::cli
