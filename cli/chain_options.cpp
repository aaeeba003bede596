#include "cli/chain_options.hpp"

#include "cli/files.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/opstack/chain/registry.hpp"
#include "opwire/opstack/chain/rollup_json.hpp"

namespace opwire::cli {
namespace {

constexpr std::size_t kMaxConfigSize = std::size_t{1} << 20;

Result<ChosenChain, std::string> from_registry(const std::string& network) {
  auto found = opstack::find_chain(network);
  if (!found) return "--network: " + found.error();
  const opstack::Chain& chain = **found;
  return ChosenChain{chain.name, chain.config, chain.unsafe_block_signer, {}};
}

Result<ChosenChain, std::string> from_file(const std::string& path) {
  OPW_TRY(const Bytes content, read_input(path, kMaxConfigSize));
  auto parsed = opstack::parse_rollup_config(as_text(content));
  if (!parsed) return "--rollup.config " + path + ": " + parsed.error();
  ChosenChain chain{path, std::move(parsed->config), {}, std::move(parsed->warnings)};
  if (const opstack::Chain* known = opstack::find_chain(chain.config.l2_chain_id)) {
    chain.signer = known->unsafe_block_signer;
  }
  return chain;
}

void apply_overrides(const std::map<std::string, std::uint64_t>& overrides, opstack::RollupConfig& config) {
  for (const auto& [name, time] : overrides) {
    if (const auto fork = opstack::parse_fork(name)) {
      config.forks.set_time(*fork, time);
    } else if (name == "pectrablobschedule") {
      config.pectra_blob_schedule_time = time;
    }
  }
}

}  // namespace

void add_chain_options(CLI::App& app, ChainOptions& options) {
  app.add_option("--network", options.network, "A chain of the registry: op-mainnet, base-mainnet, op-sepolia ...");
  app.add_option("--rollup.config", options.rollup_config, "op-node's rollup.json of any other chain")
      ->type_name("FILE");
  app.add_option("--p2p.unsafe.block.signer", options.signer, "Who signs blocks; default: the registry's address");
}

Result<ChosenChain, std::string> choose_chain(const ChainOptions& options) {
  if (options.network.empty() == options.rollup_config.empty()) {
    return std::string(options.network.empty() ? "no chain: give --network NAME or --rollup.config FILE"
                                               : "give --network or --rollup.config, not both");
  }
  auto chain = options.network.empty() ? from_file(options.rollup_config) : from_registry(options.network);
  if (!chain) return chain.error();
  apply_overrides(options.overrides, chain->config);
  const auto valid = opstack::validate(chain->config);
  if (!valid) return chain->name + ": " + valid.error();
  if (!options.signer.empty()) {
    const auto address = codec::from_hex_as<Address>(options.signer);
    if (!address) return "--p2p.unsafe.block.signer: '" + options.signer + "' is not an address";
    chain->signer = *address;
  }
  return chain;
}

}  // namespace opwire::cli
