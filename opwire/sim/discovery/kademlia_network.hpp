// A network of discv5 cores in the middle of its life: every node's table is full of nodes that answered, as hours of
// lookups would leave it, without those hours.
#pragma once

#include <memory>

#include "opwire/sim/discovery/core_node.hpp"
#include "opwire/sim/discovery/population.hpp"

namespace opwire::sim {

struct KademliaOptions {
  KademliaOptions() = default;

  std::uint64_t seed = 1;
  std::uint32_t nodes = 1000;
  std::uint32_t per_subnet = 3;  ///< nodes that share a /24
  DatagramOptions datagrams;
  /// Between two checks that a node makes of its table.
  Duration check_live = std::chrono::seconds(10);
  /// Of a node's options, by its number: what its record says besides, ...
  std::function<void(std::uint32_t number, discv5::ProtocolOptions&)> change;
  /// In the tables before all others, as far as these let them: who came first.
  std::vector<discv5::RecordPtr> first_comers;
  /// In the tables among all others.
  std::vector<discv5::RecordPtr> others;
};

class KademliaNetwork {
 public:
  /// Takes 0.6 ms a node, most of it for records.
  explicit KademliaNetwork(const KademliaOptions& options);

  SimulatedLoop& loop() noexcept { return loop_; }
  DatagramNet& datagrams() noexcept { return datagrams_; }
  Rng& rng() noexcept { return rng_; }
  std::uint64_t fingerprint() noexcept { return datagrams_.fingerprint().value(); }

  std::size_t size() const noexcept { return nodes_.size(); }
  CoreNode& node(std::size_t number) { return *nodes_[number]; }
  const Directory& directory() const noexcept { return directory_; }
  /// Somebody else, at an address of its own: with an empty table, not started.
  std::unique_ptr<CoreNode> newcomer(std::uint32_t number, discv5::ProtocolOptions options);
  net::Endpoint place_of(std::uint32_t number) const { return endpoint_of_node(number, options_.per_subnet); }
  /// What a newcomer begins with: the key of that number and an announced address.
  discv5::ProtocolOptions options_of(std::uint32_t number) const;

  /// This share of the nodes, by chance, answers no more. Nobody has noticed yet.
  void silence(double share);
  bool alive(const discv5::NodeRecord& record) const;
  /// One that answers, by chance.
  CoreNode& any_alive();
  /// The nodes nearest to the target that answer, but for one.
  std::vector<discv5::RecordPtr> nearest_alive(const discv5::NodeId& target, std::size_t n,
                                               const discv5::NodeId& but) const;
  discv5::NodeId random_id();

 private:
  void fill(CoreNode& node, const Directory& from, TimePoint since);

  KademliaOptions options_;
  SimulatedLoop loop_;
  DatagramNet datagrams_;
  SeededRng rng_;
  std::vector<std::unique_ptr<CoreNode>> nodes_;
  Directory directory_;
};

}  // namespace opwire::sim
