#include "opwire/p2p/swarm/inbound_guard.hpp"

#include <algorithm>
#include <string_view>

#include "opwire/multiformats/ip_scope.hpp"

namespace opwire::swarm {

InboundOptions InboundOptions::unlimited() {
  InboundOptions options;
  options.ipv4.clear();
  options.ipv6.clear();
  return options;
}

std::size_t InboundGuard::PrefixHash::operator()(const Prefix& prefix) const noexcept {
  return std::hash<std::string_view>()(as_text(prefix));
}

InboundGuard::InboundGuard(const InboundOptions& options) : rules_(std::make_shared<Rules>()) {
  for (const SubnetLimit& limit : options.ipv4) rules_->ipv4.emplace_back(limit);
  for (const SubnetLimit& limit : options.ipv6) rules_->ipv6.emplace_back(limit);
}

InboundGuard::Prefix InboundGuard::prefix_of(ByteView ip, unsigned bits) {
  Prefix prefix{};
  for (std::size_t i = 0; i < ip.size() && bits > 0; ++i) {
    const unsigned taken = std::min(bits, 8U);
    prefix[i] = static_cast<std::uint8_t>(ip[i] & (0xff00U >> taken));
    bits -= taken;
  }
  return prefix;
}

std::optional<InboundGuard::Place> InboundGuard::admit(const Multiaddr& remote, TimePoint now) {
  const auto known = remote.ip();
  if (!known || remote.is_loopback()) return Place();
  const ByteView ip = multiformats::unmap_ip(*known);
  std::list<Rule>& rules = ip.size() == 4 ? rules_->ipv4 : rules_->ipv6;
  for (const Rule& rule : rules) {
    const auto held = rule.held.find(prefix_of(ip, rule.limit.prefix_bits));
    if (held != rule.held.end() && held->second >= rule.limit.connections) return std::nullopt;
  }
  for (Rule& rule : rules) {
    std::optional<TokenBucket>& rate = rule.rates[prefix_of(ip, rule.limit.prefix_bits)];
    if (!rate) rate.emplace(rule.limit.per_second, rule.limit.burst);
    if (!rate->try_take(now)) return std::nullopt;
  }
  return Place(rules_, ip);
}

InboundGuard::Place::Place(std::shared_ptr<Rules> rules, ByteView ip)
    : rules_(std::move(rules)), ip_(prefix_of(ip, 128)), is_ipv4_(ip.size() == 4) {
  for (Rule& rule : of_family()) ++rule.held[prefix_of(ip_, rule.limit.prefix_bits)];
}

InboundGuard::Place::~Place() {
  if (!rules_) return;
  for (Rule& rule : of_family()) {
    const auto held = rule.held.find(prefix_of(ip_, rule.limit.prefix_bits));
    if (--held->second == 0) rule.held.erase(held);
  }
}

}  // namespace opwire::swarm
