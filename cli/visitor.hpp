// A node that joins a network for one command, with an identity of its own.
#pragma once

#include "cli/chain_options.hpp"
#include "opwire/node/config.hpp"

namespace opwire::cli {

/// With no listener, and no peers but those of the list's items (--p2p.static: addresses, or lists of them with
/// commas).
Result<node::Config, std::string> make_visitor_config(const ChainOptions& chain, const std::vector<std::string>& peers);

/// "30s". The error names the flag.
Result<Duration, std::string> duration_option(const char* flag, const std::string& text);

}  // namespace opwire::cli
