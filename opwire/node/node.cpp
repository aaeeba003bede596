// The one place where a node is put together, in op-node's order: host, sync, gossip, topics, static peers,
// discovery, pings.
#include "opwire/node/node.hpp"

#include "opwire/node/net_restrict.hpp"
#include "opwire/node/peer_pings.hpp"
#include "opwire/node/static_peers.hpp"
#include "opwire/opstack/gossip/block_gossip.hpp"
#include "opwire/opstack/gossip/errors.hpp"
#include "opwire/opstack/gossip/scoring.hpp"
#include "opwire/opstack/sync/errors.hpp"
#include "opwire/opstack/sync/recent_payloads.hpp"
#include "opwire/opstack/sync/server.hpp"
#include "opwire/p2p/gossipsub/service.hpp"

namespace opwire::node {
namespace {

using opstack::BlockGossip;

// op-node trims at most once a minute. More peers than a host's limits allow for must not be refused for those.
void set_waters(swarm::SwarmOptions& options, const PeersConfig& peers) {
  options.manager.low = peers.lo;
  options.manager.high = peers.hi;
  options.manager.grace = peers.grace;
  options.manager.silence = std::chrono::minutes(1);
  swarm::Cap& cap = options.limits.connections;
  for (std::size_t* limit : {&cap.inbound, &cap.outbound, &cap.total}) *limit = std::max(*limit, 2 * peers.hi);
}

HostOptions host_options(const Config& config, PeerEvents& events, ConnectionGater* gater) {
  HostOptions options(config.peer_key);
  options.listen = config.listen;
  options.agent = config.agent;
  options.events = &events;
  options.gater = gater;
  options.swarm.dial_timeout = config.dial_timeout;
  set_waters(options.swarm, config.peers);
  return options;
}

gossipsub::Params gossip_params(const Config& config) {
  gossipsub::Params params = opstack::gossip_params(opstack::BlockTopics(config.rollup.l2_chain_id));
  params.d = config.gossip.mesh_d;
  params.d_score = std::min(params.d_score, params.d);
  params.d_lo = config.gossip.mesh_lo;
  params.d_hi = config.gossip.mesh_hi;
  params.d_lazy = config.gossip.mesh_lazy;
  params.flood_publish = config.gossip.flood_publish;
  if (config.scoring == PeerScoring::kLight) {
    params.scoring = opstack::light_scoring(std::chrono::seconds(config.rollup.block_time));
  }
  return params;
}

opstack::BlockGossipOptions block_options(const Config& config) {
  opstack::BlockGossipOptions options;
  options.chain = config.rollup.l2_chain_id;
  options.forks = config.rollup.forks;
  options.signer = opstack::AuthorisedSigner(config.unsafe_block_signer);
  options.max_age = config.gossip.timestamp_threshold;
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

/// What peers did wrong goes to the log until there is a book of scores.
class PeerLog final : public PeerEvents {
 public:
  explicit PeerLog(Loop& loop) : loop_(loop) {}
  void on_misbehaviour(const PeerId& peer, const Error& error, std::string_view where) override {
    if (!limit_.admit(loop_.now())) return;
    kLog.info("peer misbehaves",
              {{"peer", peer.to_string()}, {"error", error}, {"where", where}, {"left_out", limit_.suppressed()}});
  }

 private:
  static constexpr log::Logger kLog{"node"};
  Loop& loop_;
  log::Limit limit_;
};

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

/// Payloads by number, both ways: what gossip brought and what was fetched is served.
class Sync final : public opstack::BlockSink {
 public:
  Sync(Host& host, WorkerPool& pool, const opstack::RollupConfig& rollup, PeerEvents& events)
      : recent_(host.loop(), pool),
        server_(host.network(), rollup.l2_chain_id, opstack::BlockSchedule(rollup), recent_),
        client_(host.network(), pool, rollup.l2_chain_id, opstack::BlockSchedule(rollup), &events) {}

  void on_block(const opstack::AcceptedBlock& block) override { add(block.envelope); }
  void add(const opstack::Envelope& envelope) { recent_.add(envelope); }
  Task<Result<void>> fetch_range(opstack::BlockRange range, opstack::RangeSink& sink) {
    Kept kept(recent_, sink);
    co_return co_await client_.fetch_range(range, kept);
  }
  std::optional<opstack::RangeProgress> progress() const { return client_.progress(); }

 private:
  class Kept final : public opstack::RangeSink {
   public:
    Kept(opstack::RecentPayloads& recent, opstack::RangeSink& next) : recent_(recent), next_(next) {}
    bool on_proved(const opstack::Envelope& envelope, const PeerId& from) override {
      recent_.add(envelope);
      return next_.on_proved(envelope, from);
    }

   private:
    opstack::RecentPayloads& recent_;
    opstack::RangeSink& next_;
  };

  opstack::RecentPayloads recent_;
  opstack::PayloadServer server_;
  opstack::PayloadClient client_;
};

std::uint64_t sum(const std::map<std::string_view, std::uint64_t>& counts) {
  std::uint64_t total = 0;
  for (const auto& [name, count] : counts) total += count;
  return total;
}

}  // namespace

struct Node::Impl {
  Impl(WorkerPool& pool, Config chosen, std::optional<opstack::LocalSigner> block_signer,
       std::unique_ptr<PeerLog> log_of_peers, std::unique_ptr<NetRestrict> restriction, std::unique_ptr<Host> made)
      : config(std::move(chosen)),
        signer(std::move(block_signer)),
        peer_log(std::move(log_of_peers)),
        net_restrict(std::move(restriction)),
        host(std::move(made)),
        gossip(host->network(), gossip_params(config), gossipsub::ServiceParts(decoder, host->rng(), peer_log.get())),
        blocks(host->loop(), pool, gossip, block_options(config)),
        static_peers(*host, config.static_peers) {
    blocks.add_sink(last_block);
    if (config.sync_req_resp) {
      sync.emplace(*host, pool, config.rollup, *peer_log);
      blocks.add_sink(*sync);
    }
    if (config.ping) pings.emplace(*host);
  }

  const Config config;
  std::optional<opstack::LocalSigner> signer;
  std::unique_ptr<PeerLog> peer_log;
  std::unique_ptr<NetRestrict> net_restrict;
  std::unique_ptr<Host> host;
  opstack::BlockMessageDecoder decoder;
  gossipsub::Service gossip;
  BlockGossip blocks;
  LastBlock last_block;
  std::optional<Sync> sync;
  StaticPeers static_peers;
  std::unique_ptr<Discovery> discovery;
  std::optional<PeerPings> pings;
};

Node::Node(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Node::~Node() = default;

Result<std::unique_ptr<Node>, std::string> Node::make(Loop& loop, WorkerPool& pool, Config config) {
  OPW_TRYV(config.validate());
  const Result<void> params = gossip_params(config).validate();
  if (!params) return "--p2p.gossip.mesh: " + params.error().message();
  OPW_TRY(auto signer, make_signer(config));
  auto peer_log = std::make_unique<PeerLog>(loop);
  std::unique_ptr<NetRestrict> net_restrict;
  if (config.discovery && !config.discovery->netrestrict.empty()) net_restrict = std::make_unique<NetRestrict>(config);
  auto host = Host::make(loop, host_options(config, *peer_log, net_restrict.get()));
  if (!host) return "--p2p.listen" + listed(config.listen) + ": " + host.error().message();
  auto impl = std::make_unique<Impl>(pool, std::move(config), std::move(signer), std::move(peer_log),
                                     std::move(net_restrict), std::move(*host));
  return std::unique_ptr<Node>(new Node(std::move(impl)));
}

Task<Result<void, std::string>> Node::start_discovery() {
  if (!impl_->config.discovery) co_return Result<void, std::string>();
  OPW_CO_TRY(impl_->discovery, Discovery::make(*impl_->host, impl_->config));
  co_return co_await impl_->discovery->start();
}

Host& Node::host() noexcept {
  return *impl_->host;
}
const Host& Node::host() const noexcept {
  return *impl_->host;
}
const Config& Node::config() const noexcept {
  return impl_->config;
}
void Node::add_sink(opstack::BlockSink& sink) {
  impl_->blocks.add_sink(sink);
}
void Node::rotate_signer(const Address& signer) {
  impl_->blocks.rotate_signer(signer);
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
  return status;
}

Task<Result<void>> Node::publish(opstack::Envelope envelope) {
  if (!impl_->signer) co_return Error(opstack::errors::kNoSigner, "set --p2p.sequencer.key");
  OPW_CO_TRYV(co_await impl_->blocks.publish(envelope, *impl_->signer));
  if (impl_->sync) impl_->sync->add(envelope);
  co_return Result<void>();
}

Task<Result<void>> Node::publish_frame(opstack::PayloadVersion version, Bytes frame) {
  return impl_->blocks.publish_frame(version, std::move(frame));
}

Task<Result<void>> Node::fetch_range(opstack::BlockRange range, opstack::RangeSink& sink) {
  if (!impl_->sync) co_return opstack::errors::kSyncDisabled;
  co_return co_await impl_->sync->fetch_range(range, sink);
}

std::optional<opstack::RangeProgress> Node::sync_progress() const {
  return impl_->sync ? impl_->sync->progress() : std::nullopt;
}

Task<void> Node::close() {
  if (impl_->pings) co_await impl_->pings->close();
  if (impl_->discovery) co_await impl_->discovery->close();
  co_await impl_->static_peers.close();
  co_await impl_->gossip.close();
  co_await impl_->host->close();
}

}  // namespace opwire::node
