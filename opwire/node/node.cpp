// The one place where a node is put together, in op-node's order: host, sync, gossip, topics, static peers,
// discovery, pings.
#include "opwire/node/node.hpp"

#include "opwire/node/configured_gate.hpp"
#include "opwire/node/memory_guard.hpp"
#include "opwire/node/peer_log.hpp"
#include "opwire/node/peer_pings.hpp"
#include "opwire/node/reputation.hpp"
#include "opwire/node/static_peers.hpp"
#include "opwire/node/upstreams.hpp"
#include "opwire/opstack/gossip/block_gossip.hpp"
#include "opwire/opstack/gossip/errors.hpp"
#include "opwire/opstack/gossip/scoring.hpp"
#include "opwire/p2p/gossipsub/service.hpp"
#include "opwire/runtime/memory_use.hpp"

namespace opwire::node {
namespace {

using opstack::BlockGossip;

constexpr std::size_t kKnownRecords = 1000;  // with which discovery begins: as many as it has candidates

// op-node trims at most once a minute.
swarm::ConnectionManagerOptions waters_of(const LiveConfig& config) {
  swarm::ConnectionManagerOptions waters;
  waters.low = config.peers.lo;
  waters.high = config.peers.hi;
  waters.grace = config.peers.grace;
  waters.silence = std::chrono::minutes(1);
  return waters;
}

swarm::LimitOptions limits_of(const LiveConfig& config) {
  swarm::LimitOptions limits;
  const LimitsConfig& wanted = config.limits;
  swarm::Cap& cap = limits.connections;
  // More peers than a host's limits allow for must not be refused for those.
  for (std::size_t* limit : {&cap.inbound, &cap.outbound, &cap.total}) *limit = std::max(*limit, 2 * config.peers.hi);
  if (wanted.connections > 0) cap = {wanted.connections, wanted.connections, wanted.connections};
  if (wanted.inbound > 0) cap.inbound = wanted.inbound;
  const std::size_t streams = wanted.streams_per_peer;
  if (streams > 0) limits.streams_per_peer.streams = {streams, streams, streams};
  if (wanted.stream_bytes > 0) limits.streams.bytes = wanted.stream_bytes;
  return limits;
}

HostOptions host_options(const Config& config, PeerEvents& events, ConnectionGater* gater) {
  HostOptions options(config.peer_key);
  options.listen = config.listen;
  options.agent = config.agent;
  options.events = &events;
  options.gater = gater;
  options.swarm.dial_timeout = config.dial_timeout;
  options.swarm.manager = waters_of(config);
  options.swarm.limits = limits_of(config);
  return options;
}

std::vector<PeerId> direct_peers(const Config& config) {
  std::vector<PeerId> peers;
  if (!config.static_direct) return peers;
  for (const Multiaddr& address : config.static_peers) peers.push_back(address.peer_id().value());
  return peers;
}

gossipsub::Params gossip_params(const Config& config, gossipsub::AppScore app = nullptr) {
  gossipsub::Params params = opstack::gossip_params(opstack::BlockTopics(config.rollup.l2_chain_id));
  params.d = config.gossip.mesh_d;
  params.d_score = std::min(params.d_score, params.d);
  params.d_lo = config.gossip.mesh_lo;
  params.d_hi = config.gossip.mesh_hi;
  params.d_lazy = config.gossip.mesh_lazy;
  params.flood_publish = config.gossip.flood_publish;
  params.direct_peers = direct_peers(config);
  if (config.scoring == PeerScoring::kLight) {
    params.scoring = opstack::light_scoring(std::chrono::seconds(config.rollup.block_time), std::move(app));
  }
  return params;
}

opstack::BlockGossipOptions block_options(const Config& config, Reputation& reputation) {
  opstack::BlockGossipOptions options;
  options.chain = config.rollup.l2_chain_id;
  options.forks = config.rollup.forks;
  options.signer = opstack::AuthorisedSigner(config.unsafe_block_signer);
  options.max_age = config.gossip.timestamp_threshold;
  options.on_rejected = [&reputation](const PeerId& peer, const Error& why) { reputation.on_block_refused(peer, why); };
  options.block_time = std::chrono::seconds(config.rollup.block_time);
  return options;
}

Result<std::optional<opstack::LocalSigner>, std::string> make_signer(const Config& config) {
  if (!config.sequencer_key) return std::optional<opstack::LocalSigner>();
  auto signer = opstack::LocalSigner::from_hex(config.rollup.l2_chain_id, *config.sequencer_key);
  if (!signer) return "--p2p.sequencer.key: " + signer.error().message();
  return std::optional<opstack::LocalSigner>(std::move(*signer));
}

std::string listed(const std::vector<Multiaddr>& addresses) {
  std::string text;
  for (const Multiaddr& address : addresses) text += " " + address.to_string();
  return text;
}

gossipsub::AppScore app_score(const Reputation& reputation) {
  return [&reputation](const PeerId& peer) { return reputation.app_score(peer); };
}

/// The newest accepted block, for the status line.
class LastBlock final : public opstack::BlockSink {
 public:
  void on_block(const opstack::AcceptedBlock& block) override {
    const opstack::ExecutionPayload& payload = block.envelope.payload;
    if (number && payload.number < *number) return;
    number = payload.number;
    timestamp = payload.timestamp;
  }
  std::optional<BlockNumber> number;
  std::optional<std::uint64_t> timestamp;
};

std::uint64_t sum(const std::map<std::string_view, std::uint64_t>& counts) {
  std::uint64_t total = 0;
  for (const auto& [name, count] : counts) total += count;
  return total;
}

bool keeps_files(const Config& config) {
  return config.archive || config.peerstore || (config.discovery && !config.discovery->database.empty());
}

}  // namespace

struct Node::Impl {
  Impl(WorkerPool& workers, Config chosen, std::optional<opstack::LocalSigner> block_signer,
       std::unique_ptr<PeerLog> log_of_peers, std::unique_ptr<ConfiguredGate> gate_of_config,
       std::unique_ptr<Reputation> reputation_of_peers, std::unique_ptr<Host> made)
      : pool(workers),
        config(std::move(chosen)),
        signer(std::move(block_signer)),
        peer_log(std::move(log_of_peers)),
        configured_gate(std::move(gate_of_config)),
        reputation(std::move(reputation_of_peers)),
        host(std::move(made)),
        gossip(host->network(), gossip_params(config, app_score(*reputation)),
               gossipsub::ServiceParts(decoder, host->rng(), peer_log.get())),
        blocks(host->loop(), pool, gossip, block_options(config, *reputation)),
        store_thread(keeps_files(config) ? std::make_unique<WorkerPool>(1) : nullptr),
        chain(*host, pool, config, *peer_log),
        static_peers(*host, config.static_peers),
        memory_guard(host->network(), config.limits.process_bytes, resident_bytes),
        starting(host->loop()) {
    blocks.add_sink(last_block);
    blocks.add_sink(chain);
    blocks.add_sink(*reputation);
    if (config.ping) pings.emplace(*host);
    static_peers.set_seek([this](const PeerId& peer) { return seek(peer); });
  }

  Task<void> seek(PeerId peer) {
    if (discovery) co_await discovery->seek(peer);
  }

  opstack::BlockSigner* block_signer() {
    if (signer) return &*signer;
    return upstreams ? upstreams->signer() : nullptr;
  }
  Upstreams::Uses uses() {
    Upstreams::Uses uses;
    uses.on_signer = [this](const Address& address, bool first) {
      first ? blocks.set_signer(address) : blocks.rotate_signer(address);
    };
    uses.own_block = [this](BlockNumber number) { return chain.block_hash(number); };
    uses.on_followed = [this](const opstack::L2BlockRef& safe, const opstack::L2BlockRef& finalized) {
      chain.on_followed(safe, finalized);
    };
    return uses;
  }

  Reputation::GossipSnapshots snapshots() {
    return [this] { return gossip.router().scores(); };
  }

  Task<void> begin() {
    begun = co_await start_parts();
    if (begun && closed) begun = std::string("the node was closed before it began");
  }
  Task<Result<void, std::string>> start_parts() {
    OPW_CO_TRY(upstreams, Upstreams::make(host->loop(), host->rng(), config));
    OPW_CO_TRYV(co_await reputation->start(host->network(), snapshots(), store_thread.get()));
    OPW_CO_TRYV(co_await chain.start(store_thread.get(), upstreams->engine()));
    if (!closed) {
      OPW_CO_TRYV(co_await upstreams->start(uses()));
    }
    if (closed || !config.discovery) co_return Result<void, std::string>();
    OPW_CO_TRY(discovery, Discovery::make(*host, config, store_thread.get()));
    discovery->set_found(
        [this](const PeerId& peer, const discv5::NodeRecord& record) { reputation->books().on_record(peer, record); });
    OPW_CO_TRYV(co_await discovery->start());
    const opstack::reputation::MetadataBook& known = reputation->books().metadata();
    discovery->add(known.records_of(config.rollup.l2_chain_id, host->loop().wall_now(), kKnownRecords));
    co_return Result<void, std::string>();
  }

  WorkerPool& pool;
  Config config;  // its LiveConfig changes with reconfigure()
  std::optional<opstack::LocalSigner> signer;
  std::unique_ptr<PeerLog> peer_log;
  std::unique_ptr<ConfiguredGate> configured_gate;
  std::unique_ptr<Reputation> reputation;
  std::unique_ptr<Host> host;
  opstack::BlockMessageDecoder decoder;
  gossipsub::Service gossip;
  BlockGossip blocks;
  LastBlock last_block;
  std::unique_ptr<WorkerPool> store_thread;
  ChainSync chain;
  std::unique_ptr<Upstreams> upstreams;
  StaticPeers static_peers;
  MemoryGuard memory_guard;
  std::unique_ptr<Discovery> discovery;
  std::optional<PeerPings> pings;
  bool closed = false;
  Result<void, std::string> begun;  // of start()
  Scope starting;
};

Node::Node(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Node::~Node() = default;

Result<std::unique_ptr<Node>, std::string> Node::make(Loop& loop, WorkerPool& pool, Config config) {
  OPW_TRYV(config.validate());
  const Result<void> params = gossip_params(config).validate();
  if (!params) return "--p2p.gossip.mesh: " + params.error().message();
  OPW_TRY(auto signer, make_signer(config));
  auto peer_log = std::make_unique<PeerLog>(loop, config.peer_events);
  auto configured_gate = std::make_unique<ConfiguredGate>(config);
  auto reputation = std::make_unique<Reputation>(loop, config, *configured_gate);
  config.sync_client.observer = reputation.get();
  if (config.sync_only_static) {
    config.sync_client.may_ask = [known = reputation.get()](const PeerId& peer) { return known->is_static(peer); };
  }
  auto host = Host::make(loop, host_options(config, *peer_log, &reputation->gate()));
  if (!host) return "--p2p.listen" + listed(config.listen) + ": " + host.error().message();
  auto impl = std::make_unique<Impl>(pool, std::move(config), std::move(signer), std::move(peer_log),
                                     std::move(configured_gate), std::move(reputation), std::move(*host));
  return std::unique_ptr<Node>(new Node(std::move(impl)));
}

Task<Result<void, std::string>> Node::start() {
  impl_->starting.spawn(impl_->begin());
  co_await impl_->starting.join();
  co_return impl_->begun;
}

Reputation& Node::reputation() noexcept {
  return *impl_->reputation;
}
Host& Node::host() noexcept {
  return *impl_->host;
}
const Host& Node::host() const noexcept {
  return *impl_->host;
}
WorkerPool& Node::pool() noexcept {
  return impl_->pool;
}
const Config& Node::config() const noexcept {
  return impl_->config;
}
const gossipsub::Router& Node::router() const noexcept {
  return impl_->gossip.router();
}
const opstack::BlockCounts& Node::block_counts() const noexcept {
  return impl_->blocks.counts();
}
const opstack::ClockGuard& Node::clock() const noexcept {
  return impl_->blocks.clock();
}
const opstack::Equivocations& Node::equivocations() const noexcept {
  return impl_->blocks.equivocations();
}
const discv5::Protocol* Node::discovery() const noexcept {
  return impl_->discovery ? impl_->discovery->protocol() : nullptr;
}
std::optional<Duration> Node::latency(const PeerId& peer) const {
  return impl_->pings ? impl_->pings->latency(peer) : std::nullopt;
}
const opstack::SignerWatch* Node::signer_watch() const noexcept {
  return impl_->upstreams ? impl_->upstreams->signer_watch() : nullptr;
}
void Node::add_sink(opstack::BlockSink& sink) {
  impl_->blocks.add_sink(sink);
}
void Node::rotate_signer(const Address& signer) {
  impl_->blocks.rotate_signer(signer);
}

Result<std::vector<std::string>, std::string> Node::reconfigure(LiveConfig next) {
  if (!impl_->config.p2p) return std::string("P2P is off (--p2p.disable): there is nothing of it to change");
  OPW_TRYV(next.validate());
  LiveConfig& now = impl_->config;
  std::vector<std::string> changed;
  const auto note = [&](bool is_same, const char* what) {
    if (!is_same) changed.emplace_back(what);
  };
  note(next.static_peers == now.static_peers, "static peers");
  note(next.blocked == now.blocked, "blocks");
  note(next.peers == now.peers, "waters");
  note(next.limits == now.limits, "limits");
  note(next.bans == now.bans, "bans");
  if (changed.empty()) return changed;
  const bool blocked = !(next.blocked == now.blocked);
  now = std::move(next);
  impl_->reputation->set(now);
  impl_->static_peers.set(now.static_peers);
  impl_->gossip.set_direct_peers(direct_peers(impl_->config));
  impl_->chain.on_static_peers();
  if (impl_->discovery) impl_->discovery->set_goal(now.peers.lo);
  impl_->host->set_limits(limits_of(now));
  impl_->host->set_waters(waters_of(now));
  impl_->memory_guard.set_limit(now.limits.process_bytes);
  if (blocked) (void)impl_->reputation->enforce_configuration();
  return changed;
}

Status Node::status() const {
  Status status;
  status.peers = impl_->gossip.peer_count();
  for (const std::string& topic : impl_->blocks.topics().names()) {
    status.mesh[topic] = impl_->gossip.router().mesh_peers(topic).size();
  }
  for (const PeerId& peer : impl_->host->network().connected_peers()) {
    if (impl_->gossip.router().family(peer) == gossipsub::IdFamily::kAlias) ++status.peers_without_topic_ids;
  }
  status.last_block = impl_->last_block.number;
  status.last_timestamp = impl_->last_block.timestamp;
  status.accepted = impl_->blocks.counts().accepted;
  status.rejected = sum(impl_->blocks.counts().rejected);
  status.ignored = sum(impl_->blocks.counts().ignored);
  status.throttled = impl_->gossip.router().stats().throttled;
  if (impl_->discovery) status.discovery = impl_->discovery->status();
  status.chain = impl_->chain.status();
  return status;
}

Task<Result<void>> Node::publish(opstack::Envelope envelope) {
  if (!impl_->config.p2p) co_return Result<void>();  // as op-node does without P2P
  opstack::BlockSigner* const signer = impl_->block_signer();
  if (signer == nullptr) {
    co_return Error(opstack::errors::kNoSigner, "set --p2p.sequencer.key or --signer.endpoint");
  }
  OPW_CO_TRY(const opstack::CheckedBlock block, co_await impl_->blocks.publish(std::move(envelope), *signer));
  impl_->chain.on_published(block);
  co_return Result<void>();
}

Task<Result<void>> Node::publish_frame(opstack::PayloadVersion version, Bytes frame) {
  if (!impl_->config.p2p) co_return Result<void>();
  OPW_CO_TRY(const opstack::CheckedBlock block, co_await impl_->blocks.publish_frame(version, std::move(frame)));
  impl_->chain.on_published(block);
  co_return Result<void>();
}

ChainSync& Node::chain() noexcept {
  return impl_->chain;
}
const ChainSync& Node::chain() const noexcept {
  return impl_->chain;
}

Task<void> Node::close() {
  impl_->closed = true;
  impl_->starting.cancel();
  if (impl_->pings) co_await impl_->pings->close();
  if (impl_->discovery) co_await impl_->discovery->close();
  co_await impl_->starting.join();
  co_await impl_->memory_guard.close();
  co_await impl_->static_peers.close();
  co_await impl_->gossip.close();
  co_await impl_->chain.close();  // before its engine's caller: a closed one would look like an engine that has gone
  if (impl_->upstreams) co_await impl_->upstreams->close();
  co_await impl_->reputation->close();
  co_await impl_->host->close();
}

}  // namespace opwire::node
