// How geth hands out random nodes: lookups of random targets that go on only while somebody takes what they bring, node
// by node.
#pragma once

#include <deque>
#include <unordered_set>

#include "opwire/runtime/event.hpp"
#include "opwire/sim/discovery/core_node.hpp"

namespace opwire::sim {

class RandomWalk {
 public:
  /// Both outlive this, and this the node's requests.
  RandomWalk(Loop& loop, CoreNode& node, Rng& rng) : loop_(loop), node_(node), rng_(rng), replied_(loop) {}

  /// The next node of the current lookup, or of a new one. Null: cancelled.
  Task<discv5::RecordPtr> next();

 private:
  static constexpr std::size_t kAtOnce = 3;
  static constexpr std::size_t kNearest = 16;

  /// Begins a lookup with the nearest of the table.
  void begin();
  void take(const std::vector<discv5::Contact>& nodes);
  /// Asks the nearest that were not asked yet. False when nobody is being asked.
  bool ask();

  Loop& loop_;
  CoreNode& node_;
  Rng& rng_;
  Event replied_;
  discv5::NodeId target_;
  std::size_t asking_ = 0;
  std::unordered_set<discv5::NodeId> seen_, asked_;
  std::vector<discv5::Contact> nearest_;
  std::deque<std::vector<discv5::Contact>> replies_;
  std::deque<discv5::RecordPtr> ready_;
};

}  // namespace opwire::sim
