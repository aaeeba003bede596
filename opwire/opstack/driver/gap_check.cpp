#include "opwire/opstack/driver/gap_check.hpp"

#include <algorithm>

namespace opwire::opstack {

GapCheck::GapCheck(const GapCheckOptions& options, TimePoint now) : options_(options), next_(now + period()) {}

void GapCheck::on_head_moved(BlockNumber head, TimePoint now) {
  next_ = now + period();
  anchors_.erase(anchors_.begin(), anchors_.upper_bound(head));
}

std::optional<Gap> GapCheck::check(const L2BlockRef& head, const ExecutionPayload* lowest, TimePoint now,
                                   WallTime wall) {
  const bool due = now >= next_;
  if (due) next_ = now + period();
  if (under_way_ || (!due && !soon_)) return std::nullopt;
  soon_ = false;
  under_way_ = find(head, lowest, wall);
  return under_way_;
}

std::optional<Gap> GapCheck::find(const L2BlockRef& head, const ExecutionPayload* lowest, WallTime wall) {
  const auto anchor = anchors_.upper_bound(head.number);
  if (anchor != anchors_.end() && (lowest == nullptr || anchor->first < lowest->number)) {
    return piece_below(anchor->first, anchor->second, head.number);
  }
  if (lowest == nullptr) {
    const bool late = wall - from_unix_seconds(head.timestamp) > period();
    return late ? std::optional(Gap{head.number, std::nullopt, {}}) : std::nullopt;
  }
  if (lowest->number.value <= head.number.value + 1) return std::nullopt;
  const BlockNumber top{lowest->number.value - 1};
  anchors_[top] = lowest->parent_hash;
  if (anchors_.size() > options_.max_anchors) anchors_.erase(std::prev(anchors_.end()));
  return piece_below(top, lowest->parent_hash, head.number);
}

Gap GapCheck::piece_below(BlockNumber top, const Hash256& hash, BlockNumber head) const noexcept {
  const std::uint64_t missing = top.value - head.value;
  const std::uint64_t size = std::min(missing, options_.piece);
  return {{top.value - size}, BlockNumber{top.value + 1}, hash};
}

}  // namespace opwire::opstack
