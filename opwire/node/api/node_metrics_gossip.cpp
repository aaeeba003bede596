// Gossip, the scores of peers, and what became of blocks.
#include "opwire/node/api/metric_names.hpp"
#include "opwire/node/api/node_metrics.hpp"
#include "opwire/node/reputation.hpp"
#include "opwire/opstack/gossip/topics.hpp"

namespace opwire::node {
namespace {

using metrics::Series;

const std::vector<double>& score_bounds() {
  static const std::vector<double> bounds{-100, -40,  -20, -10, -5, -2, -1, -0.5, -0.05,
                                          0,    0.05, 0.5, 1,   2,  5,  10, 20,   40};
  return bounds;
}

}  // namespace

void NodeMetrics::add_gossip() {
  if (parts_.router == nullptr) return;
  const gossipsub::Router& router = *parts_.router;
  // As go-libp2p-pubsub's tracer counts them: a block of our own is published and delivered.
  registry_.counters(op_node("p2p_gossip_events_total"), "Events of gossip", [&router](Series& series) {
    const gossipsub::Stats& stats = router.stats();
    const auto add = [&series](const char* type, std::uint64_t count) { series.add({{"type", type}}, real(count)); };
    add("PUBLISH_MESSAGE", stats.published);
    add("REJECT_MESSAGE", stats.rejected + stats.ignored + stats.throttled + stats.refused_author);
    add("DUPLICATE_MESSAGE", stats.duplicate_bytes + stats.duplicate_ids);
    add("DELIVER_MESSAGE", stats.accepted + stats.published);
    add("ADD_PEER", stats.peers_added);
    add("REMOVE_PEER", stats.peers_removed);
    add("RECV_RPC", stats.rpcs_received);
    add("SEND_RPC", stats.rpcs_sent);
    add("DROP_RPC", stats.messages_dropped);
    add("JOIN", stats.topics_joined);
    add("LEAVE", stats.topics_left);
    add("GRAFT", stats.grafts);
    add("PRUNE", stats.prunes);
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
  registry_.counters("opwire_gossip_duplicates_total", "Messages that were known already, by what they were known",
                     [&router](Series& series) {
                       series.add({{"by", "bytes"}}, real(router.stats().duplicate_bytes));
                       series.add({{"by", "id"}}, real(router.stats().duplicate_ids));
                     });
  add_meshes();
  add_gossip_output();
}

void NodeMetrics::add_meshes() {
  const gossipsub::Router& router = *parts_.router;
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
}

void NodeMetrics::add_gossip_output() {
  const gossipsub::Router& router = *parts_.router;
  registry_.histograms("opwire_gossip_hop_seconds", "From a message's arrival to each of its copies being sent on",
                       [this, &router](Series& series) {
                         hops_.set(router.hops().counts(), router.hops().sum());
                         series.add({}, hops_);
                       });
  registry_.gauge("opwire_gossip_queue_messages", "Messages that wait to be sent",
                  [&router] { return real(router.queued().messages); });
  registry_.gauge("opwire_gossip_queue_longest_messages", "Of them, those that wait for one peer",
                  [&router] { return real(router.queued().longest); });
  registry_.gauge("opwire_gossip_queue_bytes", "Bytes of all of them",
                  [&router] { return real(router.queued().bytes); });
}

void NodeMetrics::add_scores() {
  if (parts_.router == nullptr) return;
  registry_.histograms(op_node("peer_scores"), "Scores of connected peers, taken every 15 s at most",
                       [this](Series& series) {
                         for (const auto& [type, histogram] : scores_) series.add({{"type", type}}, histogram);
                       });
}

void NodeMetrics::sample_scores(const gossipsub::ScoreSnapshot& peer) {
  const auto observe = [this](const char* type, double value) {
    scores_.try_emplace(type, score_bounds()).first->second.observe(value);
  };
  const gossipsub::ScoreSnapshot::Topic all = gossipsub::over_all_topics(peer);
  observe("total", peer.score);
  observe("ipColocation", peer.ip_colocation);
  observe("behavioralPenalty", peer.behaviour);
  observe("blocksFirstMessage", all.first_deliveries);
  observe("blocksTimeInMesh", seconds_of(all.time_in_mesh));
  observe("blocksMessageDeliveries", all.mesh_deliveries);
  observe("blocksInvalidMessageDeliveries", all.invalid_messages);
  if (parts_.reputation == nullptr) return;
  const opstack::reputation::ReqRespScores answers = parts_.reputation->scores_of(peer.peer).req_resp;
  observe("reqRespValidResponses", answers.valid_responses);
  observe("reqRespErrorResponses", answers.error_responses);
  observe("reqRespRejectedPayloads", answers.rejected_payloads);
}

void NodeMetrics::add_blocks() {
  registry_.counter(op_node("unsafe_payloads_total"), "Accepted blocks", [this] { return real(received_); });
  registry_.gauge(op_node("last_unsafe_payloads_unix"), "When the last one came",
                  [this] { return received_ == 0 ? 0 : real(unix_seconds(last_received_at_)); });
  add_deliverers();
  if (parts_.blocks == nullptr) return;
  add_publishing();
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

void NodeMetrics::add_publishing() {
  const opstack::BlockCounts& counts = *parts_.blocks;
  registry_.counter(op_node("publishing_errors_total"), "Blocks of our own that were not published",
                    [&counts] { return real(counts.publishing_errors); });
  registry_.gauge(op_node("last_publishing_errors_unix"), "When the last one was not", [&counts] {
    return counts.publishing_errors == 0 ? 0 : real(unix_seconds(counts.last_publishing_error));
  });
}

void NodeMetrics::add_deliverers() {
  registry_.counters("opwire_first_deliveries_total", "Accepted blocks by who brought them first",
                     [this](Series& series) {
                       for (const char* kind : {"static", "mesh", "other"}) series.add({{"peer", kind}}, 0);
                       for (const auto& [kind, count] : first_by_kind_) {
                         series.add({{"peer", std::string(kind)}}, real(count));
                       }
                     });
  registry_.gauges("opwire_first_deliverer_share",
                   "Share of the last 256 accepted blocks that came first from so many peers, the best ones",
                   [this](Series& series) {
                     if (recent_first_.empty()) return;
                     series.add({{"peers", "1"}}, share_of_best(1));
                     series.add({{"peers", "3"}}, share_of_best(3));
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

}  // namespace opwire::node
