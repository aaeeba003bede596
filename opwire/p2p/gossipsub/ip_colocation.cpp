#include "opwire/p2p/gossipsub/ip_colocation.hpp"

#include <algorithm>
#include <utility>

namespace opwire::gossipsub {
namespace {

constexpr std::size_t kIp6Subnet = 8;  // bytes

}  // namespace

IpColocation::Place IpColocation::enter(const Multiaddr& remote) {
  Place place;
  const IpKey ip = IpKey::of(remote);
  if (ip.size == 0 || remote.is_loopback()) return place;
  place.entries_[0] = count(ip);
  if (ip.size == 16) place.entries_[1] = count(IpKey::first_bytes(ip.view().first(kIp6Subnet)));
  return place;
}

IpColocation::Place::Entry* IpColocation::count(const IpKey& key) {
  const ByteView address(key.bytes.data(), key.size == 4 ? 4 : 16);
  if (std::ranges::any_of(exempt_, [&](const IpRange& range) { return range.contains(address); })) return nullptr;
  Place::Entry& entry = *peers_.try_emplace(key, 0).first;
  ++entry.second;
  return &entry;
}

void IpColocation::leave(Place& place) {
  for (Place::Entry*& entry : place.entries_) {
    Place::Entry* const left = std::exchange(entry, nullptr);
    if (left != nullptr && --left->second == 0) peers_.erase(peers_.find(left->first));
  }
}

double IpColocation::excess_squared(const Place& place) const noexcept {
  double sum = 0;
  for (const Place::Entry* entry : place.entries_) {
    if (entry == nullptr || entry->second <= threshold_) continue;
    const auto excess = static_cast<double>(entry->second - threshold_);
    sum += excess * excess;
  }
  return sum;
}

}  // namespace opwire::gossipsub
