// Until when a peer must not be grafted, for one topic (gossipsub v1.1, "prune backoff").
#pragma once

#include <map>
#include <optional>

#include "opwire/base/time.hpp"
#include "opwire/multiformats/peer_id.hpp"

namespace opwire::gossipsub {

/// At most `capacity` peers; when full, the entry that expires first makes room.
class BackoffTable {
 public:
  explicit BackoffTable(std::size_t capacity) noexcept : capacity_(capacity) {}

  /// Never shortens one that is there.
  void set(const PeerId& peer, TimePoint until);
  std::optional<TimePoint> until(const PeerId& peer) const;
  /// True while a back-off, and `slack` after it, lasts.
  bool holds(const PeerId& peer, TimePoint now, Duration slack = Duration::zero()) const;
  /// Forgets those that ended more than `slack` ago.
  void expire(TimePoint now, Duration slack);

  bool empty() const noexcept { return entries_.empty(); }
  std::size_t size() const noexcept { return entries_.size(); }

 private:
  std::size_t capacity_;
  std::map<PeerId, TimePoint> entries_;
};

}  // namespace opwire::gossipsub
