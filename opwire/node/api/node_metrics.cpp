#include "opwire/node/api/node_metrics.hpp"

#include "opwire/node/reputation.hpp"
#include "opwire/opstack/gossip/topics.hpp"

namespace opwire::node {
namespace {

using metrics::Histogram;
using metrics::Series;

constexpr const char* kOpNode = "op_node_default_";

std::string op_node(const char* name) {
  return std::string(kOpNode) + name;
}

template <class Number>
double real(Number number) {
  return static_cast<double>(number);
}

double seconds_of(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

const std::vector<double>& score_bounds() {
  static const std::vector<double> bounds{-100, -40,  -20, -10, -5, -2, -1, -0.5, -0.05,
                                          0,    0.05, 0.5, 1,   2,  5,  10, 20,   40};
  return bounds;
}

const std::vector<double> kAgeBounds{-1, 0, .1, .25, .5, .75, 1, 1.5, 2, 3, 4, 6, 10, 20, 60};
const std::vector<double> kCheckBounds{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .5};

}  // namespace

NodeMetrics::NodeMetrics(metrics::Registry& registry, ApiParts parts)
    : registry_(registry),
      parts_(std::move(parts)),
      block_age_(registry.histogram("opwire_block_age_seconds", "From a block's timestamp to its arrival", kAgeBounds)),
      validation_(registry.histogram("opwire_block_validation_seconds", "From arrival to verdict", kCheckBounds)) {
  registry_.gauges(op_node("info"), "Version",
                   [this](Series& series) { series.add({{"version", parts_.version}}, 1); });
  registry_.gauge(op_node("up"), "1: it runs", [] { return 1.0; });
  add_peers();
  add_gossip();
  add_scores();
  add_blocks();
  add_watch();
  add_engine();
  add_discovery();
}

void NodeMetrics::add_peers() {
  registry_.gauge(op_node("p2p_peer_count"), "Connected peers",
                  [this] { return real(parts_.network.connected_peers().size()); });
  registry_.gauge(op_node("p2p_stream_count"), "Open streams", [this] {
    std::size_t streams = 0;
    const auto connections = parts_.network.connections();
    for (const ConnectionInfo& connection : connections) streams += connection.streams;
    return real(streams);
  });
  registry_.gauges("opwire_connections", "Connections", [this](Series& series) {
    const auto connections = parts_.network.connections();
    for (const char* direction : {"inbound", "outbound"}) series.add({{"direction", direction}}, 0);
    for (const ConnectionInfo& one : connections) series.add({{"direction", std::string(to_string(one.role))}}, 1);
  });
}

void NodeMetrics::add_gossip() {
  if (parts_.router == nullptr) return;
  const gossipsub::Router& router = *parts_.router;
  // op-node counts events of its tracer; these are the ones that have the same meaning here.
  registry_.counters(op_node("p2p_gossip_events_total"), "Events of gossip", [&router](Series& series) {
    const gossipsub::Stats& stats = router.stats();
    series.add({{"type", "PUBLISH_MESSAGE"}}, real(stats.published));
    series.add({{"type", "REJECT_MESSAGE"}}, real(stats.rejected + stats.ignored + stats.throttled));
    series.add({{"type", "DUPLICATE_MESSAGE"}}, real(stats.duplicate_bytes + stats.duplicate_ids));
    series.add({{"type", "DELIVER_MESSAGE"}}, real(stats.accepted));
  });
  registry_.gauges("opwire_gossip_mesh_peers", "Peers in our mesh", [this, &router](Series& series) {
    const opstack::BlockTopics topics(parts_.config.rollup.l2_chain_id);
    for (const std::string& topic : topics.names())
      series.add({{"topic", topic}}, real(router.mesh_peers(topic).size()));
  });
  registry_.gauges("opwire_gossip_topic_peers", "Peers that subscribed", [this, &router](Series& series) {
    const opstack::BlockTopics topics(parts_.config.rollup.l2_chain_id);
    for (const std::string& topic : topics.names()) {
      series.add({{"topic", topic}}, real(router.topic_peers(topic).size()));
    }
  });
  registry_.counters("opwire_gossip_left_undone_total", "What gossip did not heed or send, by reason",
                     [&router](Series& series) {
                       const gossipsub::Stats& stats = router.stats();
                       series.add({{"reason", "throttled"}}, real(stats.throttled));
                       series.add({{"reason", "graylisted"}}, real(stats.graylisted));
                       series.add({{"reason", "gated"}}, real(stats.gated));
                       series.add({{"reason", "queue_full"}}, real(stats.messages_dropped));
                       series.add({{"reason", "broken_promises"}}, real(stats.broken_promises));
                     });
}

void NodeMetrics::add_scores() {
  if (parts_.router == nullptr) return;
  registry_.histograms(op_node("peer_scores"), "Scores of connected peers, now",
                       [this](Series& series) { read_scores(series); });
}

void NodeMetrics::read_scores(Series& series) {
  scores_.clear();
  const auto observe = [this](const char* type, double value) {
    scores_.try_emplace(type, score_bounds()).first->second.observe(value);
  };
  for (const gossipsub::ScoreSnapshot& peer : parts_.router->scores()) {
    if (!peer.connected) continue;
    gossipsub::ScoreSnapshot::Topic all;
    for (const auto& topic : peer.topics) {
      all.time_in_mesh = std::max(all.time_in_mesh, topic.time_in_mesh);
      all.first_deliveries += topic.first_deliveries;
      all.mesh_deliveries += topic.mesh_deliveries;
      all.invalid_messages += topic.invalid_messages;
    }
    observe("total", peer.score);
    observe("ipColocation", peer.ip_colocation);
    observe("behavioralPenalty", peer.behaviour);
    observe("blocksFirstMessage", all.first_deliveries);
    observe("blocksTimeInMesh", seconds_of(all.time_in_mesh));
    observe("blocksMessageDeliveries", all.mesh_deliveries);
    observe("blocksInvalidMessageDeliveries", all.invalid_messages);
    if (parts_.reputation == nullptr) continue;
    const opstack::reputation::ReqRespScores answers = parts_.reputation->scores_of(peer.peer).req_resp;
    observe("reqRespValidResponses", answers.valid_responses);
    observe("reqRespErrorResponses", answers.error_responses);
    observe("reqRespRejectedPayloads", answers.rejected_payloads);
  }
  for (const auto& [type, histogram] : scores_) series.add({{"type", type}}, histogram);
}

void NodeMetrics::add_blocks() {
  registry_.counter(op_node("unsafe_payloads_total"), "Accepted blocks", [this] { return real(received_); });
  registry_.gauge(op_node("last_unsafe_payloads_unix"), "When the last one came",
                  [this] { return received_ == 0 ? 0 : real(unix_seconds(last_received_at_)); });
  if (parts_.blocks == nullptr) return;
  const opstack::BlockCounts& counts = *parts_.blocks;
  registry_.counters("opwire_blocks_total", "Gossiped blocks by verdict and reason", [&counts](Series& series) {
    series.add({{"verdict", "accepted"}, {"reason", ""}}, real(counts.accepted));
    for (const auto& [why, count] : counts.rejected) {
      series.add({{"verdict", "rejected"}, {"reason", std::string(why)}}, real(count));
    }
    for (const auto& [why, count] : counts.ignored) {
      series.add({{"verdict", "ignored"}, {"reason", std::string(why)}}, real(count));
    }
  });
}

void NodeMetrics::add_watch() {
  if (parts_.clock != nullptr) {
    registry_.gauges("opwire_clock_skew_seconds",
                     "How far our clock is ahead at the most, by the fastest signed blocks", [this](Series& series) {
                       if (const auto skew = parts_.clock->skew()) series.add({}, seconds_of(*skew));
                     });
  }
  if (parts_.equivocations == nullptr) return;
  registry_.counter("opwire_equivocations_total", "Signed blocks at a height that had another one",
                    [this] { return real(parts_.equivocations->total()); });
}

void NodeMetrics::read_refs(Series& series, const std::function<double(const opstack::L2BlockRef&)>& value) const {
  const auto add = [&](const char* type, const std::optional<opstack::L2BlockRef>& block) {
    if (block) series.add({{"layer", "l2"}, {"type", type}}, value(*block));
  };
  add("received_payload", last_received_);
  const opstack::EngineController* const engine = engine_of(parts_);
  if (engine == nullptr) return;
  add("l2_unsafe", engine->heads().head);
  add("l2_safe", engine->heads().safe);
  add("l2_finalized", engine->heads().finalized);
}

void NodeMetrics::add_engine() {
  using opstack::L2BlockRef;
  registry_.gauges(op_node("refs_number"), "Numbers of blocks", [this](Series& series) {
    read_refs(series, [](const L2BlockRef& block) { return real(block.number.value); });
  });
  registry_.gauges(op_node("refs_time"), "Timestamps of blocks", [this](Series& series) {
    read_refs(series, [](const L2BlockRef& block) { return real(block.timestamp); });
  });
  registry_.gauges(op_node("refs_latency"), "From the blocks' timestamps to when we saw them first",
                   [this](Series& series) {
                     note_heads();
                     for (const auto& [type, seen] : seen_) {
                       series.add({{"layer", "l2"}, {"type", type}}, seconds_of(seen.latency));
                     }
                   });
  if (parts_.sync_progress) {
    registry_.gauge("opwire_sync_blocks_missing", "Of the range that is being fetched", [this] {
      const auto progress = parts_.sync_progress();
      return progress ? real(progress->wanted - std::min(progress->wanted, progress->proved)) : 0;
    });
    registry_.gauge("opwire_sync_quarantined_bytes", "Of fetched blocks that are not linked yet", [this] {
      const auto progress = parts_.sync_progress();
      return progress ? real(progress->quarantined_bytes) : 0;
    });
  }
  add_served();
  if (!parts_.engine) return;
  using opstack::EngineController;
  const auto read = [this](double (*value)(const EngineController&)) {
    return [this, value] {
      const EngineController* const engine = engine_of(parts_);
      return engine != nullptr ? value(*engine) : 0;
    };
  };
  registry_.gauge(op_node("unsafe_payloads_buffer_len"), "Blocks that wait to become the head",
                  read([](const EngineController& engine) { return real(engine.queue().size()); }));
  registry_.gauge(op_node("unsafe_payloads_buffer_mem_size"), "Bytes of them",
                  read([](const EngineController& engine) { return real(engine.queue().bytes()); }));
  registry_.gauge("opwire_engine_ready", "1: the engine answers and its heads are known",
                  read([](const EngineController& engine) { return engine.ready() ? 1.0 : 0.0; }));
  registry_.counter("opwire_head_reorgs_total", "Heads that left the chain", [this] { return real(reorgs_); });
  registry_.counter("opwire_engine_dropped_blocks_total", "Blocks that the engine refused for good",
                    [this] { return real(dropped_); });
}

void NodeMetrics::add_served() {
  if (!parts_.served) return;
  registry_.counters(op_node("p2p_req_total"), "Requests for payloads by number", [this](Series& series) {
    const auto served = parts_.served();
    if (!served) return;
    for (std::size_t code = 0; code < served->answers.size(); ++code) {
      series.add({{"p2p_role", "server"}, {"p2p_method", "payload_by_number"}, {"result_code", std::to_string(code)}},
                 real(served->answers[code]));
    }
  });
  registry_.counter("opwire_served_payload_bytes_total", "Of payloads that were served", [this] {
    const auto served = parts_.served();
    return served ? real(served->bytes) : 0;
  });
}

void NodeMetrics::add_discovery() {
  if (!parts_.status) return;
  registry_.gauges("opwire_discovery_nodes", "Nodes that discovery knows", [this](Series& series) {
    const auto discovery = parts_.status().discovery;
    if (!discovery) return;
    series.add({{"kind", "table"}}, real(discovery->finder.table_size));
    series.add({{"kind", "live"}}, real(discovery->finder.table_live));
    series.add({{"kind", "candidates"}}, real(discovery->finder.candidates));
  });
  registry_.counters("opwire_discovery_dials_total", "Dials of found peers", [this](Series& series) {
    const auto discovery = parts_.status().discovery;
    if (!discovery) return;
    series.add({{"result", "succeeded"}}, real(discovery->finder.dials_succeeded));
    series.add({{"result", "failed"}}, real(discovery->finder.dials_failed));
  });
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
  opstack::L2BlockRef ref;
  ref.hash = payload.block_hash;
  ref.number = payload.number;
  ref.parent_hash = payload.parent_hash;
  ref.timestamp = payload.timestamp;
  last_received_ = ref;
  note("received_payload", ref);
}

// As op-node: only the first time counts.
void NodeMetrics::note(const char* type, const std::optional<opstack::L2BlockRef>& block) {
  if (!block) return;
  Seen& seen = seen_[type];
  if (seen.hash == block->hash) return;
  seen = {block->hash, parts_.network.loop().wall_now() - from_unix_seconds(block->timestamp)};
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
