// From the flags of `opwire run` to what the node and the log take. Checks all of it and touches no file but those it
// reads.
#pragma once

#include "cli/chain_options.hpp"
#include "cli/flag_values.hpp"
#include "opwire/base/log.hpp"
#include "opwire/node/config.hpp"

namespace opwire::cli {

/// terminal: whether the log goes to one, which is the default of --log.color.
Result<log::Options, std::string> make_log_options(const FlagValues& flags, bool terminal);

/// The chain flags, with --override.<fork>.
Result<ChosenChain, std::string> choose_chain(const FlagValues& flags);

/// This peer's key: given, read, or made (then it is yet to be written to its path). With --p2p.disable one that nobody
/// will know.
struct PeerKey {
  crypto::PrivateKey key;
  std::string new_file;  ///< empty: none to be written
  std::vector<std::string> warnings;
};
Result<PeerKey, std::string> make_peer_key(const FlagValues& flags, Rng& rng);

/// Everything else. The error is one line that names the flag, variable or file.
Result<node::Config, std::string> make_config(const FlagValues& flags, const ChosenChain& chain,
                                              const crypto::PrivateKey& key);

}  // namespace opwire::cli
