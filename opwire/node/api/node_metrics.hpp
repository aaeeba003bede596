// A node's numbers for Prometheus: op-node's names where they mean the same (op_node_default_..., op-node v1.19.0's
// metrics.go), our own under opwire_, the process' under the names that every client has. docs/metrics.md has them all.
//
//   node_metrics.cpp            what it keeps itself: blocks, heads; RPC
//   node_metrics_peers.cpp      connections, traffic, bans
//   node_metrics_gossip.cpp     gossip, scores, blocks by verdict, the clock
//   node_metrics_chain.cpp      heads, the engine, payloads by number, the archive
//
// Labels are bounded: none is a peer's id or text of a peer.
#pragma once

#include <deque>

#include "opwire/metrics/registry.hpp"
#include "opwire/node/api/parts.hpp"
#include "opwire/opstack/driver/driver.hpp"
#include "opwire/opstack/gossip/block_sink.hpp"
#include "opwire/rpc/rpc_server.hpp"

namespace opwire::node {

/// Counts what nobody else does, and reads the rest when it is asked for. To be added to the node's sinks, and told of
/// the driver's events.
class NodeMetrics final : public opstack::BlockSink, public opstack::DriverObserver {
 public:
  /// Scores and latencies of the connected peers are taken when somebody asks, and not more often: op-node's interval.
  static constexpr auto kSampleEvery = std::chrono::seconds(15);
  /// Of whose first deliverers the shares are.
  static constexpr std::size_t kRecentBlocks = 256;

  /// Both outlive it, and what parts refer to; the registry is not asked after it is gone.
  NodeMetrics(metrics::Registry& registry, ApiParts parts);
  /// server outlives it.
  void add_rpc(const rpc::RpcServer& server);

  void on_block(const opstack::AcceptedBlock& block) override;
  void on_driver_event(const opstack::ControllerEvent& event) override;

 private:
  using ReadRef = std::function<std::optional<double>(const opstack::L2BlockRef&)>;
  using ReadRequests = std::function<double(const opstack::RequestCounts::OfCode&)>;

  void add_peers();
  void add_traffic();
  void add_limits();
  void add_reputation();
  void add_blocked();
  void add_gate();
  void add_gossip();
  void add_meshes();
  void add_gossip_output();
  void add_scores();
  void add_blocks();
  void add_deliverers();
  void add_watch();
  void add_refs();
  void add_engine();
  void add_queue();
  void add_sync();
  void add_requests();
  void add_archive();
  void add_archiving();
  void add_work();
  void add_discovery();
  void add_publishing();

  /// What several numbers of one answer are read from.
  void prepare();
  void sample_peers();
  void sample_scores(const gossipsub::ScoreSnapshot& peer);
  void read_refs(metrics::Series& series, const ReadRef& value) const;
  void read_requests(metrics::Series& series, const ReadRequests& value) const;
  void read_request_times(metrics::Series& series);
  std::vector<std::pair<const char*, opstack::RequestCounts>> requests() const;
  metrics::ReadSeries of_archive(std::optional<double> (*value)(const store::ArchiveStatus&)) const;

  void note(const char* type, const std::optional<opstack::L2BlockRef>& block);
  void note_heads();
  void note_deliverer(const opstack::AcceptedBlock& block);
  const char* kind_of(const PeerId& peer, const std::string& topic) const;
  double share_of_best(std::size_t count) const;

  struct Seen {
    Hash256 hash;
    Duration latency{};
  };

  metrics::Registry& registry_;
  const ApiParts parts_;
  metrics::Histogram& block_age_;
  metrics::Histogram& validation_;
  metrics::Histogram& latency_;
  metrics::Histogram hops_;
  std::map<std::string, metrics::Histogram> scores_;         // by type
  std::map<std::string, metrics::Histogram> request_times_;  // by role and code
  std::map<std::string, Seen> seen_;                         // by type of reference
  std::optional<opstack::L2BlockRef> last_received_;
  std::uint64_t received_ = 0;
  WallTime last_received_at_{};
  std::uint64_t reorgs_ = 0;
  std::uint64_t dropped_ = 0;
  std::map<std::string_view, std::uint64_t> first_by_kind_;
  std::deque<PeerId> recent_first_;  // who brought the last blocks first
  std::map<PeerId, std::size_t> recent_counts_;
  std::optional<TimePoint> sampled_at_;

  // Of the answer that is being made.
  std::vector<ConnectionInfo> connections_;
  NetworkCounts network_;
  std::optional<Status> status_;
};

}  // namespace opwire::node
