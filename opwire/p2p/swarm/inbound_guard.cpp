#include "opwire/p2p/swarm/inbound_guard.hpp"

namespace opwire::swarm {
namespace {

// The address, or an IPv6 /56; never equal for the two families.
std::uint64_t key_of(ByteView ip) {
  if (ip.size() == 4) return load_be<std::uint32_t>(ip.data());
  return load_be<std::uint64_t>(ip.data()) | 0xff;
}

}  // namespace

InboundGuard::Place::~Place() {
  if (!counts_) return;
  const auto found = counts_->find(key_);
  if (--found->second == 0) counts_->erase(found);
}

std::optional<InboundGuard::Place> InboundGuard::admit(const Multiaddr& remote, TimePoint now) {
  const auto ip = remote.ip();
  if (!ip || remote.is_loopback()) return Place();
  const std::uint64_t key = key_of(*ip);
  const auto held = counts_->find(key);
  if (held != counts_->end() && held->second >= options_.max_connections_per_ip) return std::nullopt;
  std::optional<TokenBucket>& rate = rates_[key];
  if (!rate) rate.emplace(options_.connections_per_second, options_.burst);
  if (!rate->try_take(now)) return std::nullopt;
  ++(*counts_)[key];
  return Place(counts_, key);
}

}  // namespace opwire::swarm
