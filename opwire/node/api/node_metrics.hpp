// A node's numbers for Prometheus: op-node's names where they mean the same (op_node_default_..., op-node v1.19.0's
// metrics.go), our own under opwire_.
#pragma once

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
  /// Both outlive it, and what parts refer to; the registry is not asked after it is gone.
  NodeMetrics(metrics::Registry& registry, ApiParts parts);
  /// server outlives it.
  void add_rpc(const rpc::RpcServer& server);

  void on_block(const opstack::AcceptedBlock& block) override;
  void on_driver_event(const opstack::ControllerEvent& event) override;

 private:
  void add_peers();
  void add_gossip();
  void add_scores();
  void add_blocks();
  void add_watch();
  void add_engine();
  void add_served();
  void add_discovery();
  void read_scores(metrics::Series& series);
  void read_refs(metrics::Series& series, const std::function<double(const opstack::L2BlockRef&)>& value) const;

  void note(const char* type, const std::optional<opstack::L2BlockRef>& block);
  void note_heads();

  struct Seen {
    Hash256 hash;
    Duration latency{};
  };

  metrics::Registry& registry_;
  const ApiParts parts_;
  metrics::Histogram& block_age_;
  metrics::Histogram& validation_;
  std::map<std::string, metrics::Histogram> scores_;  // of the last scrape
  std::map<std::string, Seen> seen_;                  // by type of reference
  std::optional<opstack::L2BlockRef> last_received_;
  std::uint64_t received_ = 0;
  WallTime last_received_at_{};
  std::uint64_t reorgs_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace opwire::node
