// Which nodes that answered are kept for the next start: those of our chain, and a few others, for they help to find
// the way in the DHT.
#pragma once

#include <unordered_map>
#include <vector>

#include "opwire/discv5/node_store.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"

namespace opwire::opstack {

/// Not more than so many of each; when there are as many, the one that answered longest ago makes room, if that was
/// long ago.
class KnownNodes {
 public:
  static constexpr std::size_t kMaxOwn = 1000;
  static constexpr std::size_t kMaxForeign = 200;
  static constexpr Duration kLongAgo = std::chrono::hours(1);
  /// A node that goes on answering is written again after this long.
  static constexpr Duration kStoreAgain = std::chrono::minutes(10);

  /// store may be null: nothing is kept then; else it outlives this.
  KnownNodes(discv5::NodeStore* store, ChainId chain) : store_(store), chain_(chain) {}

  /// Those of our chain first. Those beyond the limits are forgotten. Empty when the store fails, which is logged.
  Task<std::vector<discv5::KnownNode>> load();
  void on_answer(const discv5::RecordPtr& record, WallTime now);
  /// It answers no more. One of our chain is kept unless it is hopeless: it may come back.
  void on_gone(const discv5::NodeId& id, bool hopeless);
  void forget(const discv5::NodeId& id);

 private:
  struct Node {
    std::uint32_t answers = 0;  // in all
    WallTime last{};
    WallTime stored{};
    std::uint64_t stored_seq = 0;
  };
  using Nodes = std::unordered_map<discv5::NodeId, Node>;

  bool make_room(const Nodes& nodes, WallTime now);

  discv5::NodeStore* store_;
  ChainId chain_;
  Nodes own_, foreign_;
};

}  // namespace opwire::opstack
