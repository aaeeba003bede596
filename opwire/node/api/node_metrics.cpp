#include "opwire/node/api/node_metrics.hpp"

#include <algorithm>

#include "opwire/metrics/process_metrics.hpp"
#include "opwire/node/api/metric_names.hpp"
#include "opwire/node/reputation.hpp"

namespace opwire::node {
namespace {

using metrics::Series;

const std::vector<double> kAgeBounds{-1, 0, .1, .25, .5, .75, 1, 1.5, 2, 3, 4, 6, 10, 20, 60};
const std::vector<double> kCheckBounds{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .5};
const std::vector<double> kLatencyBounds{.001, .0025, .005, .01, .025, .05, .1, .15, .2, .3, .5, 1, 2.5};

}  // namespace

NodeMetrics::NodeMetrics(metrics::Registry& registry, ApiParts parts)
    : registry_(registry),
      parts_(std::move(parts)),
      block_age_(registry.histogram("opwire_block_age_seconds", "From a block's timestamp to its arrival", kAgeBounds)),
      validation_(registry.histogram("opwire_block_validation_seconds", "From arrival to verdict", kCheckBounds)),
      latency_(registry.histogram("opwire_peer_latency_seconds",
                                  "Round trips to connected peers, taken every 15 s at most", kLatencyBounds)),
      hops_({gossipsub::HopTimes::kBounds.begin(), gossipsub::HopTimes::kBounds.end()}) {
  registry_.before_reading([this] { prepare(); });
  registry_.gauges(op_node("info"), "Version",
                   [this](Series& series) { series.add({{"version", parts_.version}}, 1); });
  registry_.gauge(op_node("up"), "1: it runs", [] { return 1.0; });
  registry_.gauge("opwire_block_time_seconds", "The chain's", [this] { return real(parts_.config.rollup.block_time); });
  add_peers();
  add_traffic();
  add_limits();
  add_reputation();
  add_gossip();
  add_scores();
  add_blocks();
  add_watch();
  add_refs();
  add_engine();
  add_sync();
  add_requests();
  add_archive();
  add_work();
  add_discovery();
  metrics::add_process_metrics(registry_);
}

void NodeMetrics::prepare() {
  connections_ = parts_.network.connections();
  network_ = parts_.network.counts();
  status_ = parts_.status ? std::optional(parts_.status()) : std::nullopt;
  sample_peers();
}

void NodeMetrics::sample_peers() {
  const TimePoint now = parts_.network.loop().now();
  if (sampled_at_ && now < *sampled_at_ + kSampleEvery) return;
  sampled_at_ = now;
  if (parts_.router != nullptr) {
    const std::vector<gossipsub::ScoreSnapshot> scores = parts_.router->scores();
    for (const gossipsub::ScoreSnapshot& peer : scores) {
      if (peer.connected) sample_scores(peer);
    }
  }
  if (!parts_.latency) return;
  for (const ConnectionInfo& connection : connections_) {
    if (const auto latency = parts_.latency(connection.peer)) latency_.observe(seconds_of(*latency));
  }
}

void NodeMetrics::add_discovery() {
  if (!parts_.status) return;
  registry_.gauges("opwire_discovery_nodes", "Nodes that discovery knows", [this](Series& series) {
    if (!status_->discovery) return;
    const opstack::PeerFinderStatus& finder = status_->discovery->finder;
    series.add({{"kind", "table"}}, real(finder.table_size));
    series.add({{"kind", "live"}}, real(finder.table_live));
    series.add({{"kind", "candidates"}}, real(finder.candidates));
  });
  registry_.counters("opwire_discovery_dials_total", "Dials of found peers", [this](Series& series) {
    if (!status_->discovery) return;
    const opstack::PeerFinderStatus& finder = status_->discovery->finder;
    series.add({{"result", "succeeded"}}, real(finder.dials_succeeded));
    series.add({{"result", "failed"}}, real(finder.dials_failed));
  });
}

void NodeMetrics::add_work() {
  if (parts_.pool == nullptr) return;
  registry_.gauge("opwire_worker_queue_jobs", "Checks that wait for a thread",
                  [this] { return real(parts_.pool->queued()); });
  registry_.gauge("opwire_worker_queue_limit_jobs", "How many may", [this] { return real(parts_.pool->max_queued()); });
}

void NodeMetrics::add_rpc(const rpc::RpcServer& server) {
  const auto read = [&server](double (*value)(const rpc::CallStats&)) {
    return [&server, value](Series& series) {
      for (const auto& [method, stats] : server.calls().stats()) {
        series.add({{"rpc", "main"}, {"method", method.empty() ? "unknown" : method}}, value(stats));
      }
    };
  };
  registry_.counters(op_node("rpc_server_requests_total"), "Calls by method",
                     read([](const rpc::CallStats& stats) { return real(stats.calls); }));
  registry_.counters("opwire_rpc_failures_total", "Calls that were answered with an error",
                     read([](const rpc::CallStats& stats) { return real(stats.failures); }));
  registry_.counters("opwire_rpc_seconds_total", "Time of all calls together",
                     read([](const rpc::CallStats& stats) { return seconds_of(stats.time); }));
  registry_.gauge("opwire_rpc_connections", "HTTP and WebSocket connections",
                  [&server] { return real(server.connections()); });
  registry_.gauge("opwire_rpc_websockets", "WebSocket connections", [&server] { return real(server.websockets()); });
}

void NodeMetrics::on_block(const opstack::AcceptedBlock& block) {
  const opstack::ExecutionPayload& payload = block.envelope.payload;
  ++received_;
  last_received_at_ = block.received_at;
  block_age_.observe(seconds_of(block.received_at - from_unix_seconds(payload.timestamp)));
  validation_.observe(seconds_of(block.validated_in));
  note_deliverer(block);
  opstack::L2BlockRef ref;
  ref.hash = payload.block_hash;
  ref.number = payload.number;
  ref.parent_hash = payload.parent_hash;
  ref.timestamp = payload.timestamp;
  last_received_ = ref;
  note("received_payload", ref);
}

void NodeMetrics::note_deliverer(const opstack::AcceptedBlock& block) {
  ++first_by_kind_[kind_of(block.from, block.topic)];
  recent_first_.push_back(block.from);
  ++recent_counts_[block.from];
  if (recent_first_.size() <= kRecentBlocks) return;
  const auto oldest = recent_counts_.find(recent_first_.front());
  if (--oldest->second == 0) recent_counts_.erase(oldest);
  recent_first_.pop_front();
}

const char* NodeMetrics::kind_of(const PeerId& peer, const std::string& topic) const {
  if (parts_.reputation != nullptr && parts_.reputation->is_static(peer)) return "static";
  if (parts_.router == nullptr) return "other";
  const std::vector<PeerId> mesh = parts_.router->mesh_peers(topic);
  return std::find(mesh.begin(), mesh.end(), peer) != mesh.end() ? "mesh" : "other";
}

double NodeMetrics::share_of_best(std::size_t count) const {
  std::vector<std::size_t> counts;
  for (const auto& [peer, blocks] : recent_counts_) counts.push_back(blocks);
  const std::size_t best = std::min(count, counts.size());
  std::partial_sort(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(best), counts.end(), std::greater<>());
  std::size_t sum = 0;
  for (std::size_t i = 0; i < best; ++i) sum += counts[i];
  return real(sum) / real(recent_first_.size());
}

// As op-node: only the first time counts.
void NodeMetrics::note(const char* type, const std::optional<opstack::L2BlockRef>& block) {
  if (!block) return;
  Seen& seen = seen_[type];
  if (seen.hash == block->hash) return;
  seen = {block->hash, from_unix_seconds(block->timestamp) - parts_.network.loop().wall_now()};
}

void NodeMetrics::note_heads() {
  const opstack::EngineController* const engine = engine_of(parts_);
  if (engine == nullptr) return;
  note("l2_unsafe", engine->heads().head);
  note("l2_safe", engine->heads().safe);
  note("l2_finalized", engine->heads().finalized);
}

void NodeMetrics::on_driver_event(const opstack::ControllerEvent& event) {
  note_heads();
  if (const auto* const moved = std::get_if<opstack::HeadMoved>(&event); moved != nullptr && moved->reorg) ++reorgs_;
  if (std::holds_alternative<opstack::PayloadDropped>(event)) ++dropped_;
}

}  // namespace opwire::node
