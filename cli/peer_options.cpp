#include "cli/peer_options.hpp"

#include <algorithm>

#include "cli/byte_size.hpp"
#include "opwire/node/peer_books.hpp"

namespace opwire::cli {
namespace {

Result<std::vector<Multiaddr>, std::string> static_peers(const FlagValues& flags) {
  std::vector<Multiaddr> peers;
  for (const std::string& text : flags.list("p2p.static")) {
    auto address = Multiaddr::parse_text(text);
    if (!address) return flags.source("p2p.static") + ": '" + text + "': " + address.error().message();
    if (!address->peer_id()) return flags.source("p2p.static") + ": '" + text + "' does not end in /p2p/ID";
    peers.push_back(std::move(*address));
  }
  return peers;
}

Result<node::BlockedConfig, std::string> blocked(const FlagValues& flags) {
  node::BlockedConfig blocked;
  std::string networks;
  for (const std::string& text : flags.list("p2p.block")) {
    if (const auto peer = PeerId::parse_text(text)) {
      blocked.peers.push_back(*peer);
    } else if (multiformats::IpNetwork::parse(text)) {
      networks += "," + text;
    } else {
      return flags.source("p2p.block") + ": '" + text + "' is neither a peer's id, nor an IP address, nor a subnet";
    }
  }
  blocked.networks = multiformats::IpNetworkList::parse(networks).value();
  return blocked;
}

// Empty: none.
Result<std::size_t, std::string> byte_limit(const FlagValues& flags, std::string_view flag) {
  const std::string text = flags.text(flag);
  if (text.empty()) return std::size_t{0};
  const auto bytes = parse_byte_size(text);
  if (!bytes) return flags.source(flag) + ": '" + text + "' is not a size, such as 500MiB or 4GiB";
  return static_cast<std::size_t>(*bytes);
}

Result<node::LimitsConfig, std::string> limits(const FlagValues& flags) {
  node::LimitsConfig limits;
  limits.connections = flags.number("p2p.limits.connections");
  limits.inbound = flags.number("p2p.limits.inbound");
  limits.streams_per_peer = flags.number("p2p.limits.streams-per-peer");
  OPW_TRY(limits.stream_bytes, byte_limit(flags, "p2p.limits.stream-memory"));
  OPW_TRY(limits.process_bytes, byte_limit(flags, "p2p.limits.memory"));
  return limits;
}

node::BanConfig bans(const FlagValues& flags) {
  node::BanConfig config;
  config.enabled = flags.boolean("p2p.ban.peers");
  config.threshold = flags.real("p2p.ban.threshold");
  config.duration = flags.duration("p2p.ban.duration");
  config.for_invalid_blocks = flags.boolean("p2p.ban.invalid-blocks");
  return config;
}

}  // namespace

Result<node::LiveConfig, std::string> live_config(const FlagValues& flags) {
  node::LiveConfig config;
  OPW_TRY(config.static_peers, static_peers(flags));
  OPW_TRY(config.blocked, blocked(flags));
  config.peers.lo = flags.number("p2p.peers.lo");
  config.peers.hi = flags.number("p2p.peers.hi");
  config.peers.grace = flags.duration("p2p.peers.grace");
  OPW_TRY(config.limits, limits(flags));
  config.bans = bans(flags);
  return config;
}

bool is_live(std::string_view flag) {
  static constexpr std::string_view kNames[] = {"p2p.static", "p2p.block"};
  static constexpr std::string_view kGroups[] = {"p2p.peers.", "p2p.limits.", "p2p.ban."};
  return std::ranges::find(kNames, flag) != std::end(kNames) ||
         std::ranges::any_of(kGroups, [&](std::string_view group) { return flag.starts_with(group); });
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
