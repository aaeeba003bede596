// How many different blocks were seen at a height, one memory per topic (op-node: 1,000 heights, six blocks each).
#pragma once

#include <vector>

#include "opwire/base/lru_cache.hpp"
#include "opwire/base/result.hpp"
#include "opwire/base/strong.hpp"

namespace opwire::opstack {

class SeenHeights {
 public:
  static constexpr std::size_t kHeights = 1000;
  static constexpr std::size_t kBlocksPerHeight = 6;

  /// Notes a block that has passed all other checks. Errors: kTooManyAtHeight (also for a block that is known: op-node
  /// looks at the count first), kAlreadySeen.
  Result<void> note(BlockNumber number, const Hash256& hash);

 private:
  LruCache<std::uint64_t, std::vector<Hash256>> heights_{kHeights};
};

}  // namespace opwire::opstack
