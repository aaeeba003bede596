// From the flags of `opwire run` to the servers that a node asks: --l1, --l2, --l2.follow.source, --signer.*.
#pragma once

#include "cli/flag_values.hpp"
#include "opwire/node/config.hpp"

namespace opwire::cli {

// None where the flags name none. Errors of all: a line that names the flag.
Result<std::optional<node::L1Config>, std::string> l1_config(const FlagValues& flags);
/// Without the secret, which may be in a file that is yet to be made.
Result<std::optional<node::EngineConfig>, std::string> engine_config(const FlagValues& flags);
Result<std::optional<node::ServerConfig>, std::string> follow_config(const FlagValues& flags);
/// Reads the certificates.
Result<std::optional<node::RemoteSignerConfig>, std::string> remote_signer_config(const FlagValues& flags);

}  // namespace opwire::cli
