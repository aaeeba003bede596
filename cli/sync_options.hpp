// From the flags of `opwire run` to how the node keeps and follows its chain.
#pragma once

#include "cli/flag_values.hpp"
#include "opwire/node/config.hpp"

namespace opwire::cli {

// Errors of all: a line that names the flag.
Result<std::optional<node::ArchiveConfig>, std::string> archive_config(const FlagValues& flags);
Result<node::DriverConfig, std::string> driver_config(const FlagValues& flags);

}  // namespace opwire::cli
