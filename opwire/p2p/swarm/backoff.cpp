#include "opwire/p2p/swarm/backoff.hpp"

#include <algorithm>

namespace opwire::swarm {

Duration DialBackoff::wait_after(std::int64_t failures) const {
  constexpr std::int64_t kEnough = 1000;  // its square times any step stays far from overflow
  const std::int64_t n = std::min(failures - 1, kEnough);
  return std::min(base_ + n * n * step_, max_);
}

bool DialBackoff::is_waiting(const PeerId& peer, const Multiaddr& address, TimePoint now) {
  const std::vector<Entry>* entries = peers_.find(peer);
  if (entries == nullptr) return false;
  return std::any_of(entries->begin(), entries->end(),
                     [&](const Entry& entry) { return entry.address == address && now < entry.until; });
}

void DialBackoff::on_failure(const PeerId& peer, const Multiaddr& address, TimePoint now) {
  std::vector<Entry>& entries = peers_[peer];
  auto entry = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.address == address; });
  if (entry == entries.end()) {
    if (entries.size() >= kMaxAddresses) entries.erase(entries.begin());
    entry = entries.insert(entries.end(), Entry{address, 0, now});
  } else if (now > entry->until + wait_after(entry->failures)) {
    entry->failures = 0;  // long ago
  }
  ++entry->failures;
  entry->until = now + wait_after(entry->failures);
}

}  // namespace opwire::swarm
