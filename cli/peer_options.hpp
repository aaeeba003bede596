// From the flags of `opwire run` to what the node makes of peers' behaviour.
#pragma once

#include "cli/flag_values.hpp"
#include "opwire/node/config.hpp"

namespace opwire::cli {

// Errors: a line that names the flag.
Result<node::BanConfig, std::string> ban_config(const FlagValues& flags);
/// None: --p2p.peerstore.path memory.
Result<std::optional<node::PeerstoreConfig>, std::string> peerstore_config(const FlagValues& flags);

}  // namespace opwire::cli
