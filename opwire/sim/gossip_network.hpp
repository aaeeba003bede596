// Many honest nodes on a random graph, messages among them, and what befalls them.
//
//   GossipNetwork network(options);
//   network.start();              // all nodes run and have found each other
//   network.run_for(minutes(10)); // messages and disturbances as the options say
//   network.calm(seconds(90));    // messages only, every node back
//   Report report = network.report();
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "opwire/sim/delivery_log.hpp"
#include "opwire/sim/report.hpp"

namespace opwire::sim {

inline constexpr std::string_view kTopic = "/opwire/sim/1";

struct GossipOptions {
  GossipOptions() = default;

  std::uint64_t seed = 1;
  std::uint32_t nodes = 200;
  std::uint32_t degree = 10;  ///< others that each node dials
  LinkOptions links{std::chrono::milliseconds(10), std::chrono::milliseconds(150), std::chrono::milliseconds(5)};
  Bandwidth bandwidth;
  gossipsub::Params gossip;
  swarm::SwarmOptions swarm;
  Duration validation{};  ///< how long a node takes for each message
  std::size_t message_size = 2048;
  Duration message_interval = std::chrono::seconds(1);
  double cuts_per_second = 0;   ///< connections that break
  double churn_per_minute = 0;  ///< share of the nodes that crash
  Duration min_downtime = std::chrono::seconds(5);
  Duration max_downtime = std::chrono::seconds(20);
  double silent_share = 0.25;  ///< of cuts and crashes of which the other side is not told

  /// What is wrong with them, for people.
  Result<void, std::string> validate() const;
};

class GossipNetwork {
 public:
  explicit GossipNetwork(const GossipOptions& options);
  /// Ends all nodes.
  ~GossipNetwork();
  GossipNetwork(const GossipNetwork&) = delete;
  GossipNetwork& operator=(const GossipNetwork&) = delete;

  /// Returns when the nodes have had some seconds to find each other, without messages.
  void start();
  /// progress, if given, is called once a simulated second. The disturbances go on until calm().
  void run_for(Duration duration, const std::function<void()>& progress = {});
  void calm(Duration duration, const std::function<void()>& progress = {});
  /// Between the first half of the nodes and the others, until heal().
  void split(Partition how);
  void heal();

  /// A message of that node. Its number.
  std::size_t publish(std::size_t node);
  /// What a message of that number contains, and what nodes will find of it: for an attacker that sends it itself.
  Bytes make_message(std::size_t number, gossipsub::Verdict verdict = gossipsub::Verdict::kAccept);
  DeliveryLog& log() noexcept { return log_; }

  World& world() noexcept { return world_; }
  std::size_t size() const noexcept { return nodes_.size(); }
  Node& node(std::size_t index) noexcept { return *nodes_[index]; }
  std::size_t running() const;
  /// Of the nodes that run.
  MeshDegrees mesh_degrees();
  Report report();

 private:
  void connect_at_random();
  void watch(Duration duration, const std::function<void()>& progress);
  Task<gossipsub::Verdict> judge(gossipsub::MessagePtr message);
  void on_message(std::size_t node, ByteView data);
  Task<void> start_soon(std::size_t index);
  Task<void> publish_regularly();
  Task<void> cut_now_and_then();
  Task<void> crash_now_and_then();
  Task<void> crash_and_return(std::size_t index);
  /// Until the next of events that come by chance at that rate. False when cancelled.
  Task<bool> wait_for_chance(double per_second);
  std::optional<std::size_t> random_node(Duration running_for);
  Loss random_loss();

  const GossipOptions options_;
  World world_;
  std::unique_ptr<gossipsub::MessageDecoder> decoder_;
  std::vector<std::unique_ptr<Node>> nodes_;
  DeliveryLog log_;
  DegreeHistogram degrees_;
  std::size_t cuts_ = 0;
  std::size_t crashes_ = 0;
  TimePoint started_{};
  std::unique_ptr<Scope> messages_;
  std::unique_ptr<Scope> disturbances_;
  bool disturbed_ = false;
};

}  // namespace opwire::sim
