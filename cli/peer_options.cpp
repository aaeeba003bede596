#include "cli/peer_options.hpp"

#include "opwire/node/peer_books.hpp"

namespace opwire::cli {

Result<node::BanConfig, std::string> ban_config(const FlagValues& flags) {
  node::BanConfig config;
  config.enabled = flags.boolean("p2p.ban.peers");
  config.threshold = flags.real("p2p.ban.threshold");
  config.duration = flags.duration("p2p.ban.duration");
  config.for_invalid_blocks = flags.boolean("p2p.ban.invalid-blocks");
  if (config.duration < Duration::zero())
    return flags.source("p2p.ban.duration") + ": a ban cannot end before it begins";
  return config;
}

Result<std::optional<node::PeerstoreConfig>, std::string> peerstore_config(const FlagValues& flags) {
  const std::string path = flags.text("p2p.peerstore.path");
  if (path.empty()) return flags.source("p2p.peerstore.path") + ": empty; give a path or memory";
  if (path == "memory") return std::optional<node::PeerstoreConfig>();
  node::PeerstoreConfig config;
  config.file = node::peer_books_file(path);
  config.reset_damaged = flags.boolean("p2p.peerstore.reset-damaged");
  return std::optional(std::move(config));
}

}  // namespace opwire::cli
