#include "opwire/p2p/gossipsub/backoff.hpp"

#include <algorithm>

namespace opwire::gossipsub {

void BackoffTable::set(const PeerId& peer, TimePoint until) {
  const auto [entry, added] = entries_.try_emplace(peer, until);
  if (!added) {
    entry->second = std::max(entry->second, until);
    return;
  }
  if (entries_.size() > capacity_) {
    entries_.erase(std::ranges::min_element(entries_, {}, [](const auto& e) { return e.second; }));
  }
}

std::optional<TimePoint> BackoffTable::until(const PeerId& peer) const {
  const auto found = entries_.find(peer);
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

bool BackoffTable::holds(const PeerId& peer, TimePoint now, Duration slack) const {
  const std::optional<TimePoint> end = until(peer);
  return end && now < *end + slack;
}

void BackoffTable::expire(TimePoint now, Duration slack) {
  std::erase_if(entries_, [&](const auto& entry) { return entry.second + slack <= now; });
}

}  // namespace opwire::gossipsub
