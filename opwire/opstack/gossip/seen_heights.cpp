#include "opwire/opstack/gossip/seen_heights.hpp"

#include <algorithm>

#include "opwire/opstack/gossip/errors.hpp"

namespace opwire::opstack {

Result<void> SeenHeights::note(BlockNumber number, const Hash256& hash) {
  std::vector<Hash256>& seen = heights_[number.value];
  if (seen.size() >= kBlocksPerHeight) return errors::kTooManyAtHeight;
  if (std::find(seen.begin(), seen.end(), hash) != seen.end()) return errors::kAlreadySeen;
  seen.push_back(hash);
  return {};
}

}  // namespace opwire::opstack
