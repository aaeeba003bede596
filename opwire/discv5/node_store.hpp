// What outlives a restart: nodes that answered. The LMDB one is in opwire/store.
#pragma once

#include <vector>

#include "opwire/base/result.hpp"
#include "opwire/base/time.hpp"
#include "opwire/discv5/contact.hpp"
#include "opwire/runtime/task.hpp"

namespace opwire::discv5 {

struct KnownNode {
  RecordPtr record;
  WallTime last_answer{};
  std::uint32_t answers = 0;  ///< in all, at most 2^32-1
};

/// Called on the loop. put() and forget() return at once: what they ask for reaches the disk a little later, together.
class NodeStore {
 public:
  virtual ~NodeStore() = default;
  /// Replaces what is known of that node.
  virtual void put(const KnownNode& node) = 0;
  virtual void forget(const NodeId& id) = 0;
  /// All that are known, those that answered last first. Records are verified again: what does not hold is left out and
  /// removed. Errors: the store's.
  virtual Task<Result<std::vector<KnownNode>>> load() = 0;
  /// Everything that was put is on the disk. Errors: the store's.
  virtual Task<Result<void>> flush() = 0;
};

}  // namespace opwire::discv5
