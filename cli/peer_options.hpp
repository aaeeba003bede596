// From the flags of `opwire run` to what the node makes of peers' behaviour.
#pragma once

#include "cli/flag_values.hpp"
#include "opwire/node/config.hpp"

namespace opwire::cli {

// Errors: a line that names the flag.
/// What may change while the node runs: --p2p.static, .block, .peers.*, .limits.*, .ban.*.
Result<node::LiveConfig, std::string> live_config(const FlagValues& flags);
/// Whether live_config() depends on the flag.
bool is_live(std::string_view flag);
/// None: --p2p.peerstore.path memory.
Result<std::optional<node::PeerstoreConfig>, std::string> peerstore_config(const FlagValues& flags);

}  // namespace opwire::cli
