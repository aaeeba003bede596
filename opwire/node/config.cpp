#include "opwire/node/config.hpp"

#include "opwire/opstack/signer/block_signer.hpp"

namespace opwire::node {
namespace {

constexpr std::size_t kMaxMesh = 1000;
constexpr std::size_t kMaxPeers = 100'000;

using Check = Result<void, std::string>;

Check check_mesh(const GossipConfig& gossip) {
  const std::pair<const char*, std::size_t> sizes[] = {{"--p2p.gossip.mesh.d", gossip.mesh_d},
                                                       {"--p2p.gossip.mesh.lo", gossip.mesh_lo},
                                                       {"--p2p.gossip.mesh.dhi", gossip.mesh_hi},
                                                       {"--p2p.gossip.mesh.dlazy", gossip.mesh_lazy}};
  for (const auto& [flag, size] : sizes) {
    if (size < 1 || size > kMaxMesh) return flag + (": " + std::to_string(size)) + " is not between 1 and 1000";
  }
  if (gossip.mesh_lo > gossip.mesh_d || gossip.mesh_d > gossip.mesh_hi) {
    return "--p2p.gossip.mesh.lo, .d and .dhi must not decrease: they are " + std::to_string(gossip.mesh_lo) + ", " +
           std::to_string(gossip.mesh_d) + " and " + std::to_string(gossip.mesh_hi);
  }
  return {};
}

Check check_peers(const PeersConfig& peers) {
  if (peers.lo == 0 || peers.hi == 0 || peers.lo > peers.hi) {
    return "--p2p.peers.lo (" + std::to_string(peers.lo) + ") and --p2p.peers.hi (" + std::to_string(peers.hi) +
           ") must not be 0, nor the first above the second";
  }
  if (peers.hi > kMaxPeers) return "--p2p.peers.hi: " + std::to_string(peers.hi) + " is more than 100000";
  if (peers.grace < Duration::zero()) return std::string("--p2p.peers.grace: must not be negative");
  return {};
}

Check check_limits(const LimitsConfig& limits, const PeersConfig& peers) {
  constexpr std::size_t kLeastStreamBytes = std::size_t{16} << 20;
  const auto is_set_below = [](std::size_t limit, std::size_t least) { return limit > 0 && limit < least; };
  if (is_set_below(limits.connections, peers.hi)) {
    return "--p2p.limits.connections: " + std::to_string(limits.connections) + " is less than --p2p.peers.hi (" +
           std::to_string(peers.hi) + ")";
  }
  if (is_set_below(limits.streams_per_peer, 16)) return std::string("--p2p.limits.streams-per-peer: less than 16");
  if (is_set_below(limits.stream_bytes, kLeastStreamBytes)) {
    return std::string("--p2p.limits.stream-memory: less than 16MiB");
  }
  return {};
}

Check check_static_peer(const Multiaddr& address) {
  const std::string text = "--p2p.static: " + address.to_string();
  if (!address.peer_id()) return text + " does not end in /p2p/ID";
  if (address.has(Protocol::kP2pCircuit)) return text + " leads over a relay, which is not supported";
  if (!address.tcp_port()) return text + " has no TCP port";
  return {};
}

Check check_listen(const Multiaddr& address) {
  if (!address.ip() || !address.tcp_port() || address.peer_id()) {
    return "--p2p.listen: " + address.to_string() + " is not /ip4|ip6/IP/tcp/PORT";
  }
  return {};
}

Check check_driver(const Config& config) {
  if (!config.driver) return {};
  if (config.driver->req_resp && !config.sync_req_resp) {
    return std::string("--syncmode.req-resp: needs --p2p.sync.req-resp too");
  }
  if (config.driver->backfill > 0 && !config.archive) {
    return std::string("--backfill needs an archive: --archive.path must not be memory");
  }
  if (config.driver->backfill > 0 && !config.driver->req_resp) {
    return std::string("--backfill needs --syncmode.req-resp: older blocks come from peers");
  }
  return {};
}

}  // namespace

Check LiveConfig::validate() const {
  if (static_peers.size() > kMaxStaticPeers) return std::string("--p2p.static: more than 1000 peers");
  for (const Multiaddr& address : static_peers) OPW_TRYV(check_static_peer(address));
  if (bans.duration < Duration::zero()) return std::string("--p2p.ban.duration: a ban cannot end before it begins");
  OPW_TRYV(check_peers(peers));
  return check_limits(limits, peers);
}

Check Config::validate() const {
  OPW_TRYV(LiveConfig::validate());
  if (peer_key.type() != crypto::KeyType::kSecp256k1) return std::string("--p2p.priv: not a secp256k1 key");
  for (const Multiaddr& address : listen) OPW_TRYV(check_listen(address));
  OPW_TRYV(check_mesh(gossip));
  if (gossip.timestamp_threshold < Duration::zero()) {
    return std::string("--p2p.gossip.timestamp.threshold: must not be negative");
  }
  if (dial_timeout <= Duration::zero()) return std::string("--p2p.timeout.dial: must be more than 0");
  OPW_TRYV(check_driver(*this));
  if (sequencer_key && remote_signer) {
    return std::string("--p2p.sequencer.key and --signer.endpoint: only one may sign");
  }
  if (sequencer_key) {
    const auto signer = opstack::LocalSigner::from_hex(rollup.l2_chain_id, *sequencer_key);
    if (!signer) return "--p2p.sequencer.key: " + signer.error().message();
  }
  return {};
}

}  // namespace opwire::node
