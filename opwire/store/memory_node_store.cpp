#include "opwire/store/memory_node_store.hpp"

#include <algorithm>

namespace opwire::store {

using discv5::KnownNode;

void MemoryNodeStore::put(const KnownNode& node) {
  nodes_.insert_or_assign(node.record->id(), node);
  if (nodes_.size() <= max_nodes_) return;
  nodes_.erase(std::min_element(nodes_.begin(), nodes_.end(), [](const auto& a, const auto& b) {
    return a.second.last_answer < b.second.last_answer;
  }));
}

void MemoryNodeStore::forget(const discv5::NodeId& id) {
  nodes_.erase(id);
}

Task<Result<std::vector<KnownNode>>> MemoryNodeStore::load() {
  const WallTime now = clock_.wall_now();
  std::vector<KnownNode> nodes;
  for (auto it = nodes_.begin(); it != nodes_.end();) {
    if (is_recent(it->second, now)) {
      nodes.push_back((it++)->second);
    } else {
      it = nodes_.erase(it);
    }
  }
  sort_newest_first(nodes);
  co_return nodes;
}

Task<Result<void>> MemoryNodeStore::flush() {
  co_return Result<void>();
}

}  // namespace opwire::store
