// Known nodes that do not outlive the process (--p2p.discovery.path=memory).
#pragma once

#include <unordered_map>

#include "opwire/discv5/node_store.hpp"
#include "opwire/store/node_rules.hpp"

namespace opwire::store {

class MemoryNodeStore final : public discv5::NodeStore {
 public:
  /// clock outlives it.
  explicit MemoryNodeStore(const Clock& clock, std::size_t max_nodes = kMaxNodes)
      : clock_(clock), max_nodes_(max_nodes) {}

  void put(const discv5::KnownNode& node) override;
  void forget(const discv5::NodeId& id) override;
  Task<Result<std::vector<discv5::KnownNode>>> load() override;
  Task<Result<void>> flush() override;

 private:
  const Clock& clock_;
  std::size_t max_nodes_;
  std::unordered_map<discv5::NodeId, discv5::KnownNode> nodes_;
};

}  // namespace opwire::store
