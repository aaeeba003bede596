// All that a node needs to know before it starts. Plain data: only cli/ reads flags, files and the environment.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "opwire/base/result.hpp"
#include "opwire/base/time.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/dns_tree/tree.hpp"
#include "opwire/multiformats/ip_network.hpp"
#include "opwire/multiformats/multiaddr.hpp"
#include "opwire/net/http/message.hpp"
#include "opwire/net/http/url.hpp"
#include "opwire/net/tls/context.hpp"
#include "opwire/opstack/chain/rollup_config.hpp"
#include "opwire/opstack/discovery/bootnodes.hpp"
#include "opwire/opstack/driver/engine_controller.hpp"
#include "opwire/opstack/sync/client.hpp"
#include "opwire/opstack/sync/server.hpp"
#include "opwire/p2p/core/gater.hpp"
#include "opwire/rpc/jwt.hpp"
#include "opwire/store/payload_archive_types.hpp"

namespace opwire::node {

/// op-node's --p2p.gossip.* (1.1): each of d.. in 1..1000.
struct GossipConfig {
  std::size_t mesh_d = 8;
  std::size_t mesh_lo = 6;
  std::size_t mesh_hi = 12;
  std::size_t mesh_lazy = 6;
  bool flood_publish = false;
  Duration timestamp_threshold = std::chrono::seconds(60);
};

/// op-node's --p2p.peers.*: what the connection manager keeps to.
struct PeersConfig {
  std::size_t lo = 20;
  std::size_t hi = 30;
  Duration grace = std::chrono::seconds(30);

  friend bool operator==(const PeersConfig&, const PeersConfig&) = default;
};

/// op-node's --p2p.scoring.
enum class PeerScoring : std::uint8_t { kNone, kLight };

/// op-node's --p2p.* of discovery.
struct DiscoveryConfig {
  net::Endpoint listen;                      ///< UDP; port 0: the number of the TCP port
  std::vector<opstack::Bootnode> bootnodes;  ///< names in them are resolved when the node starts
  bool built_in_bootnodes = false;           ///< others run them: their word on our address is one of many
  std::vector<dns_tree::Link> dns_trees;
  std::string database;        ///< --p2p.discovery.path; empty: in memory
  bool reset_damaged = false;  ///< a damaged database is set aside and begun anew
  std::string advertise_host;  ///< an address or a name; empty: what others see
  std::uint16_t advertise_tcp = 0;
  std::uint16_t advertise_udp = 0;
  multiformats::IpNetworkList netrestrict;  ///< empty: no restriction
};

/// op-node's --p2p.ban.*.
struct BanConfig {
  bool enabled = true;
  double threshold = -100;
  Duration duration = std::chrono::hours(1);
  bool for_invalid_blocks = true;  ///< three within ten minutes (--p2p.ban.invalid-blocks); op-node forgets them

  friend bool operator==(const BanConfig&, const BanConfig&) = default;
};

/// Beyond the waters of PeersConfig, which close what is there, what is not let in at all. 0: go-libp2p's default.
struct LimitsConfig {
  std::size_t connections = 0;  ///< in all; at least twice PeersConfig::hi by default
  std::size_t inbound = 0;      ///< connections of others
  std::size_t streams_per_peer = 0;
  std::size_t stream_bytes = 0;  ///< of all streams' receive windows
  /// Of the whole process: beyond it the least valuable connections are closed. 0: it may take what it wants.
  std::size_t process_bytes = 0;

  friend bool operator==(const LimitsConfig&, const LimitsConfig&) = default;
};

/// Whom the configuration keeps out, beside those that were blocked over RPC (--p2p.block).
struct BlockedConfig {
  std::vector<PeerId> peers;
  multiformats::IpNetworkList networks;  ///< single addresses among them

  friend bool operator==(const BlockedConfig&, const BlockedConfig&) = default;
};

/// What is known of peers, on the disk (--p2p.peerstore.path).
struct PeerstoreConfig {
  std::filesystem::path file;
  bool reset_damaged = false;  ///< a damaged file is set aside and begun anew
};

/// Payloads on the disk.
struct ArchiveConfig {
  std::filesystem::path file;
  store::ArchiveBounds bounds;
  bool reset_damaged = false;  ///< a damaged file is set aside and begun anew
};

/// Another program, asked over JSON-RPC.
struct ServerConfig {
  http::Url url;
  Duration timeout = std::chrono::seconds(10);  ///< of each call
  std::shared_ptr<tls::Context> tls;            ///< null: for https and wss, the system's authorities
  http::Headers headers;                        ///< sent with each request
};

/// An execution client (--l2).
struct EngineConfig : ServerConfig {
  std::optional<rpc::Jwt> jwt;
  bool syncs_after_finalization = false;  ///< Erigon and Reth: also when it has finalized before
};

/// L1, for the block signer (--l1).
struct L1Config : ServerConfig {
  bool trust_rpc = false;
  std::uint64_t confirmations = 0;
  Duration reload_interval = std::chrono::minutes(10);  ///< 0 or less: never
};

/// --signer.*
struct RemoteSignerConfig : ServerConfig {
  Address address;
};

/// Following the chain, block by block.
struct DriverConfig {
  std::optional<EngineConfig> engine;  ///< none: one in memory that executes nothing
  std::optional<ServerConfig> follow;  ///< whose safe and finalized blocks are taken over
  opstack::SyncMode mode = opstack::SyncMode::kConsensus;
  bool req_resp = true;  ///< gaps are filled from peers
  /// After the engine's own sync: how far below its head the safe block is (--syncmode.offset-el-safe).
  Duration offset_safe = std::chrono::hours(12);
  bool from_genesis = false;   ///< the embedded engine begins there, not at the first block that arrives
  std::uint64_t backfill = 0;  ///< blocks below the head that are fetched into the archive
};

inline constexpr std::size_t kMaxStaticPeers = 1000;

/// What may change while the node runs.
struct LiveConfig {
  std::vector<Multiaddr> static_peers;  ///< each ends in /p2p/ID; kept connected; at most kMaxStaticPeers
  BlockedConfig blocked;
  PeersConfig peers;
  LimitsConfig limits;
  BanConfig bans;

  /// The error is a line that names the flag.
  Result<void, std::string> validate() const;
};

struct Config : LiveConfig {
  explicit Config(crypto::PrivateKey key) : peer_key(std::move(key)) {}
  const LiveConfig& live() const noexcept { return *this; }

  // Which chain.
  std::string chain_name;
  opstack::RollupConfig rollup;
  Address unsafe_block_signer;  ///< zero: none known, every block is ignored

  // Who we are and whom we know.
  crypto::PrivateKey peer_key;
  std::string agent = "optimism";
  std::vector<Multiaddr> listen;             ///< /ip4|ip6/<ip>/tcp/<port>
  std::optional<DiscoveryConfig> discovery;  ///< none: --p2p.no-discovery

  // How we behave.
  bool p2p = true;             ///< false: no listener, no peers, no topics (--p2p.disable)
  bool static_direct = false;  ///< static peers get and send every message, outside the mesh (--p2p.static.direct)
  GossipConfig gossip;
  PeerScoring scoring = PeerScoring::kLight;
  std::optional<PeerstoreConfig> peerstore;  ///< none: in memory
  Duration dial_timeout = std::chrono::seconds(10);
  ConnectionGater* gater = nullptr;                 ///< asked before every connection; it outlives the node
  bool sync_req_resp = true;                        ///< --p2p.sync.req-resp: serve payloads by number, and ask for them
  bool sync_only_static = false;                    ///< --p2p.sync.onlyreqtostatic: ask nobody else
  opstack::ServerOptions sync_server;               ///< what is served by number, and how fast
  opstack::ClientOptions sync_client;               ///< what is asked for by number, and how fast
  PeerEvents* peer_events = nullptr;                ///< told what peers do wrong, beside the log; it outlives the node
  bool ping = true;                                 ///< ping connected peers in the background
  std::optional<ArchiveConfig> archive;             ///< none: the newest blocks, in memory
  std::optional<DriverConfig> driver;               ///< none: blocks are checked and passed on, and that is all
  std::optional<L1Config> l1;                       ///< none: unsafe_block_signer stays
  std::optional<std::string> sequencer_key;         ///< hex: sign and publish blocks
  std::optional<RemoteSignerConfig> remote_signer;  ///< in place of sequencer_key

  /// op-node's Config.Check, and what it leaves to libp2p. The error is a line that names the flag.
  Result<void, std::string> validate() const;
};

}  // namespace opwire::node
