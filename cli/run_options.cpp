#include "cli/run_options.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "cli/discovery_options.hpp"
#include "cli/go_values.hpp"
#include "cli/peer_options.hpp"
#include "cli/sync_options.hpp"
#include "cli/upstream_options.hpp"
#include "opwire/node/key_file.hpp"

namespace opwire::cli {
namespace {

// Where op-node, told to name no agent, has libp2p's own.
constexpr const char* kOwnAgent = "opwire";

Result<Multiaddr, std::string> listen_address(const FlagValues& flags) {
  const std::string ip = flags.text("p2p.listen.ip").empty() ? "0.0.0.0" : flags.text("p2p.listen.ip");
  const auto port = static_cast<std::uint16_t>(flags.number("p2p.listen.tcp"));
  ByteArray<16> bytes{};
  if (inet_pton(AF_INET, ip.c_str(), bytes.data()) == 1) return Multiaddr::ip_tcp(ByteView(bytes).first(4), port);
  if (inet_pton(AF_INET6, ip.c_str(), bytes.data()) == 1) return Multiaddr::ip_tcp(bytes, port);
  return flags.source("p2p.listen.ip") + ": '" + ip + "' is not an IP address";
}

Result<std::vector<dns_tree::Link>, std::string> dns_trees(const FlagValues& flags) {
  std::vector<dns_tree::Link> links;
  for (const std::string& text : flags.list("p2p.dns-tree")) {
    auto link = dns_tree::Link::parse(text);
    if (!link) return flags.source("p2p.dns-tree") + ": '" + text + "': " + link.error().message();
    links.push_back(std::move(*link));
  }
  return links;
}

Result<std::optional<node::DiscoveryConfig>, std::string> discovery_config(const FlagValues& flags, ChainId chain,
                                                                           ByteView listen_ip) {
  if (flags.boolean("p2p.no-discovery")) return std::optional<node::DiscoveryConfig>();
  node::DiscoveryConfig config;
  config.listen = net::Endpoint(listen_ip, static_cast<std::uint16_t>(flags.number("p2p.listen.udp")));
  std::vector<std::string> bootnodes = flags.list("p2p.bootnodes");
  config.built_in_bootnodes = bootnodes.empty();
  if (config.built_in_bootnodes) bootnodes = opstack::default_bootnodes(chain);
  OPW_TRY(config.bootnodes, parse_bootnodes(bootnodes, flags.source("p2p.bootnodes")));
  OPW_TRY(config.dns_trees, dns_trees(flags));
  config.advertise_host = flags.text("p2p.advertise.ip");
  config.advertise_tcp = static_cast<std::uint16_t>(flags.number("p2p.advertise.tcp"));
  config.advertise_udp = static_cast<std::uint16_t>(flags.number("p2p.advertise.udp"));
  auto networks = multiformats::IpNetworkList::parse(flags.text("p2p.netrestrict"));
  if (!networks) return flags.source("p2p.netrestrict") + ": " + networks.error();
  config.netrestrict = std::move(*networks);
  // As op-node: an empty path is the default one.
  config.database = flags.text("p2p.discovery.path");
  if (config.database.empty()) config.database = find_flag("p2p.discovery.path")->default_value;
  if (config.database == "memory") config.database.clear();
  config.reset_damaged = flags.boolean("p2p.discovery.reset-damaged");
  return std::optional(std::move(config));
}

// Each item must be one of the names; "none" excludes all others (op-node's rule for --p2p.security).
Result<void, std::string> check_names(const FlagValues& flags, std::string_view flag,
                                      std::initializer_list<std::string_view> names) {
  std::string text = flags.text(flag);
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::vector<std::string> items = split_list(text);
  for (const std::string& item : items) {
    if (std::find(names.begin(), names.end(), item) == names.end()) {
      return flags.source(flag) + ": '" + item + "' is not known";
    }
    if (item == "none" && items.size() > 1) return flags.source(flag) + ": none cannot be combined";
  }
  return {};
}

// What op-node refuses in flags whose part is not here yet.
Result<void, std::string> check_later_flags(const FlagValues& flags) {
  OPW_TRYV(check_names(flags, "p2p.mux", {"yamux", "mplex"}));
  OPW_TRYV(check_names(flags, "p2p.security", {"noise", "tls", "none"}));
  return {};
}

/// The old names count where p2p.scoring is empty, the first one that says something.
Result<node::PeerScoring, std::string> peer_scoring(const FlagValues& flags) {
  for (const char* flag : {"p2p.scoring", "p2p.scoring.peers", "p2p.scoring.topics"}) {
    const std::string level = flags.text(flag);
    if (level.empty()) continue;
    if (level == "light") return node::PeerScoring::kLight;
    if (level == "none") return node::PeerScoring::kNone;
    return flags.source(flag) + ": '" + level + "' is not light or none";
  }
  return node::PeerScoring::kNone;
}

node::GossipConfig gossip_config(const FlagValues& flags) {
  node::GossipConfig gossip;
  gossip.mesh_d = flags.number("p2p.gossip.mesh.d");
  gossip.mesh_lo = flags.number("p2p.gossip.mesh.lo");
  gossip.mesh_hi = flags.number("p2p.gossip.mesh.dhi");
  gossip.mesh_lazy = flags.number("p2p.gossip.mesh.dlazy");
  gossip.flood_publish = flags.boolean("p2p.gossip.mesh.floodpublish");
  gossip.timestamp_threshold = flags.duration("p2p.gossip.timestamp.threshold");
  return gossip;
}

// As op-node: nothing listens, nobody is dialled, and nothing is kept of peers; the rest runs.
void turn_off_p2p(node::Config& config) {
  config.p2p = false;
  config.listen.clear();
  config.static_peers.clear();
  config.discovery.reset();
  config.peerstore.reset();
  config.archive.reset();  // there is nobody to serve it to
  config.sync_req_resp = false;
  config.driver->req_resp = false;
  config.driver->backfill = 0;
  config.ping = false;
}

Result<log::Format, std::string> log_format(const FlagValues& flags) {
  const std::string name = flags.text("log.format");
  if (name == "text" || name == "terminal") return log::Format::kText;
  if (name == "logfmt" || name == "logfmtms") return log::Format::kLogfmt;
  if (name == "json" || name == "jsonms") return log::Format::kJson;
  return flags.source("log.format") + ": '" + name + "' is not text, terminal, logfmt, logfmtms, json or jsonms";
}

}  // namespace

Result<log::Options, std::string> make_log_options(const FlagValues& flags, bool terminal) {
  auto options = log::parse_levels(flags.text("log.level"));
  if (!options) return flags.source("log.level") + ": " + options.error();
  OPW_TRY(options->format, log_format(flags));
  options->color = flags.is_set("log.color") ? flags.boolean("log.color") : terminal;
  return std::move(*options);
}

Result<ChosenChain, std::string> choose_chain(const FlagValues& flags) {
  ChainOptions options;
  options.network = flags.text("network");
  options.rollup_config = flags.text("rollup.config");
  options.signer = flags.text("p2p.unsafe.block.signer");
  for (const FlagSpec& flag : node_flags()) {
    if (flag.name.starts_with("override.") && flags.is_set(flag.name)) {
      options.overrides[std::string(flag.name.substr(9))] = flags.number(flag.name);
    }
  }
  return choose_chain(options);
}

Result<PeerKey, std::string> make_peer_key(const FlagValues& flags, Rng& rng) {
  if (flags.boolean("p2p.disable")) {
    return PeerKey{crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng), "", {}};
  }
  const std::string raw = flags.text("p2p.priv.raw");
  if (!raw.empty()) {
    auto key = node::parse_key_hex(raw);
    if (!key) return flags.source("p2p.priv.raw") + ": " + key.error();
    return PeerKey{std::move(*key), "", {}};
  }
  const std::string path = flags.text("p2p.priv.path");
  if (path.empty()) return flags.source("p2p.priv.path") + ": empty; the peer's key needs a file";
  std::error_code unknown;
  if (!std::filesystem::exists(path, unknown)) {
    return PeerKey{crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng), path, {}};
  }
  auto file = node::read_key_file(path);
  if (!file) return flags.source("p2p.priv.path") + ": " + file.error();
  PeerKey key{std::move(file->key), "", {}};
  if (file->readable_by_others) key.warnings.push_back("others can read " + path + "; run chmod 600 " + path);
  return key;
}

Result<node::Config, std::string> make_config(const FlagValues& flags, const ChosenChain& chain,
                                              const crypto::PrivateKey& key) {
  node::Config config(key);
  config.chain_name = chain.name;
  config.rollup = chain.config;
  config.unsafe_block_signer = chain.signer;
  config.agent = flags.text("p2p.useragent");
  if (config.agent.empty()) config.agent = kOwnAgent;
  OPW_TRY(Multiaddr listen, listen_address(flags));
  config.listen.push_back(std::move(listen));
  OPW_TRY(static_cast<node::LiveConfig&>(config), live_config(flags));
  OPW_TRY(config.discovery, discovery_config(flags, chain.config.l2_chain_id, *config.listen.front().ip()));
  OPW_TRYV(check_later_flags(flags));
  config.gossip = gossip_config(flags);
  OPW_TRY(config.scoring, peer_scoring(flags));
  config.static_direct = flags.boolean("p2p.static.direct");
  OPW_TRY(config.peerstore, peerstore_config(flags));
  config.dial_timeout = flags.duration("p2p.timeout.dial");
  config.ping = flags.boolean("p2p.ping");
  config.sync_req_resp = flags.boolean("p2p.sync.req-resp");
  config.sync_only_static = flags.boolean("p2p.sync.onlyreqtostatic");
  OPW_TRY(config.archive, archive_config(flags));
  OPW_TRY(config.driver, driver_config(flags));
  OPW_TRY(config.driver->engine, engine_config(flags));
  OPW_TRY(config.driver->follow, follow_config(flags));
  OPW_TRY(config.l1, l1_config(flags));
  OPW_TRY(config.remote_signer, remote_signer_config(flags));
  if (!flags.text("p2p.sequencer.key").empty()) config.sequencer_key = flags.text("p2p.sequencer.key");
  if (flags.boolean("p2p.disable")) turn_off_p2p(config);
  OPW_TRYV(config.validate());
  return config;
}

}  // namespace opwire::cli
