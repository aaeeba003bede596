// Connections, traffic, and who is kept outside.
#include <string_view>

#include "opwire/node/api/metric_names.hpp"
#include "opwire/node/api/node_metrics.hpp"

#include <set>
#include "opwire/node/reputation.hpp"

namespace opwire::node {
namespace {

using metrics::Series;

std::string_view protocol_group(std::string_view protocol) {
  if (protocol.empty()) return "multistream";
  if (protocol.starts_with("/meshsub/") || protocol.starts_with("/floodsub/")) return "meshsub";
  if (protocol.starts_with("/ipfs/id/")) return "identify";
  if (protocol.starts_with("/ipfs/ping/")) return "ping";
  if (protocol.find("payload_by_number") != std::string_view::npos) return "payload_by_number";
  return "other";
}

std::string text(bool allowed) {
  return allowed ? "true" : "false";
}

}  // namespace

void NodeMetrics::add_peers() {
  registry_.gauge(op_node("p2p_peer_count"), "Connected peers",
                  [this] { return real(parts_.network.connected_peers().size()); });
  registry_.gauge(op_node("p2p_stream_count"), "Open streams", [this] {
    std::size_t streams = 0;
    for (const ConnectionInfo& connection : connections_) streams += connection.streams;
    return real(streams);
  });
  registry_.gauges("opwire_connections", "Connections", [this](Series& series) {
    std::size_t inbound = 0;
    for (const ConnectionInfo& one : connections_) inbound += one.role == Role::kListener ? 1 : 0;
    series.add({{"direction", "inbound"}}, real(inbound));
    series.add({{"direction", "outbound"}}, real(connections_.size() - inbound));
  });
  registry_.gauges("opwire_peers_wanted", "The waters between which connections are kept", [this](Series& series) {
    series.add({{"water", "low"}}, real(parts_.config.peers.lo));
    series.add({{"water", "high"}}, real(parts_.config.peers.hi));
  });
  registry_.gauge("opwire_static_peers_missing", "Static peers that are not connected", [this] {
    std::set<PeerId> missing;
    for (const Multiaddr& address : parts_.config.static_peers) {
      const PeerId peer = address.peer_id().value();
      if (peer != parts_.network.local_peer() && !parts_.network.is_connected(peer)) missing.insert(peer);
    }
    return real(missing.size());
  });
}

void NodeMetrics::add_traffic() {
  registry_.gauges(op_node("p2p_bandwidth_bytes_total"), "Bytes of streams", [this](Series& series) {
    Traffic all;
    for (const auto& [protocol, traffic] : network_.traffic) {
      all.in += traffic.in;
      all.out += traffic.out;
    }
    series.add({{"direction", "in"}}, real(all.in));
    series.add({{"direction", "out"}}, real(all.out));
  });
  registry_.counters("opwire_traffic_bytes_total", "Bytes of streams by protocol", [this](Series& series) {
    for (const auto& [protocol, traffic] : network_.traffic) {
      const std::string group(protocol_group(protocol));
      series.add({{"protocol", group}, {"direction", "in"}}, real(traffic.in));
      series.add({{"protocol", group}, {"direction", "out"}}, real(traffic.out));
    }
  });
}

void NodeMetrics::add_limits() {
  registry_.counters("opwire_refused_total", "Connections and streams that were refused, by the limit that they met",
                     [this](Series& series) {
                       for (const auto& [limit, count] : network_.refused) {
                         series.add({{"limit", std::string(limit)}}, real(count));
                       }
                     });
  registry_.counter("opwire_connections_trimmed_total", "Connections that were closed because there were too many",
                    [this] { return real(network_.trimmed); });
}

void NodeMetrics::add_reputation() {
  if (parts_.reputation == nullptr) return;
  add_gate();
  add_blocked();
  registry_.counters("opwire_bans_total", "Peers that were banned, by cause", [this](Series& series) {
    for (const char* cause : {"score", "invalid_blocks", "other"}) series.add({{"cause", cause}}, 0);
    for (const auto& [cause, count] : parts_.reputation->ban_counts()) {
      series.add({{"cause", std::string(cause)}}, real(count));
    }
  });
  registry_.gauge("opwire_peer_books_waiting_changes",
                  "Changes of scores, bans and blocks that are not on the disk yet",
                  [this] { return real(parts_.reputation->books().journal().waiting()); });
  registry_.counter("opwire_peer_books_lost_changes_total", "Changes that will not reach the disk: too many waited",
                    [this] { return real(parts_.reputation->books().journal().lost()); });
}

void NodeMetrics::add_blocked() {
  registry_.gauges("opwire_banned", "Bans in force", [this](Series& series) {
    const opstack::reputation::BanBook& bans = parts_.reputation->books().bans();
    series.add({{"kind", "peer"}}, real(bans.peers.size()));
    series.add({{"kind", "ip"}}, real(bans.ips.size()));
  });
  registry_.gauges("opwire_blocked", "What the operator blocks", [this](Series& series) {
    const opstack::reputation::BlockList& blocks = parts_.reputation->books().blocks();
    series.add({{"kind", "peer"}}, real(blocks.peer_count()));
    series.add({{"kind", "address"}}, real(blocks.address_count()));
    series.add({{"kind", "subnet"}}, real(blocks.subnet_count()));
  });
}

void NodeMetrics::add_gate() {
  registry_.counters(op_node("p2p_dials"), "Questions to the gate about dials", [this](Series& series) {
    const opstack::reputation::GateCounts counts = parts_.reputation->counts();
    series.add({{"allow", text(true)}}, real(counts.dials_allowed));
    series.add({{"allow", text(false)}}, real(counts.dials_refused));
  });
  registry_.counters(op_node("p2p_accepts"), "Questions to the gate about incoming connections",
                     [this](Series& series) {
                       const opstack::reputation::GateCounts counts = parts_.reputation->counts();
                       series.add({{"allow", text(true)}}, real(counts.accepts_allowed));
                       series.add({{"allow", text(false)}}, real(counts.accepts_refused));
                     });
  registry_.counter(op_node("p2p_peer_unbans"), "Bans of peers that ended or were lifted",
                    [this] { return real(parts_.reputation->counts().peer_unbans); });
  registry_.counter(op_node("p2p_ip_unbans"), "Bans of addresses that ended",
                    [this] { return real(parts_.reputation->counts().ip_unbans); });
  registry_.counter("opwire_score_refusals_total", "Peers that the gate refused for the score that they left with",
                    [this] { return real(parts_.reputation->counts().score_refusals); });
}

}  // namespace opwire::node
