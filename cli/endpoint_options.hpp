// From the flags of `opwire run` to the servers that it offers: --rpc.*, --metrics.*.
#pragma once

#include "cli/flag_values.hpp"
#include "opwire/node/api/endpoints.hpp"

namespace opwire::cli {

/// Errors: a line that names the flag.
Result<node::EndpointsConfig, std::string> endpoints_config(const FlagValues& flags);

}  // namespace opwire::cli
