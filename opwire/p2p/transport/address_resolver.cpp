#include "opwire/p2p/transport/address_resolver.hpp"

#include <algorithm>
#include <optional>

#include "opwire/net/errors.hpp"

namespace opwire::transport {
namespace {

constexpr std::size_t kMaxLookups = 32;
constexpr std::size_t kMaxResults = 100;

bool is_name(Protocol protocol) {
  return protocol == Protocol::kDns || protocol == Protocol::kDns4 || protocol == Protocol::kDns6 ||
         protocol == Protocol::kDnsaddr;
}

std::optional<Multiaddr::Component> name_of(const Multiaddr& address) {
  const auto components = address.components();
  if (components.empty() || !is_name(components.front().protocol)) return std::nullopt;
  return components.front();
}

Multiaddr with_rest_of(Multiaddr begin, const Multiaddr& address) {
  const auto components = address.components();
  for (std::size_t i = 1; i < components.size(); ++i) begin = begin.with(components[i].protocol, components[i].value);
  return begin;
}

bool ends_like(const Multiaddr& address, const Multiaddr& asked) {
  const auto tail = asked.bytes().subspan(asked.components().front().value.data() +
                                          asked.components().front().value.size() - asked.bytes().data());
  return address.bytes().size() >= tail.size() && equal(address.bytes().last(tail.size()), tail);
}

// One step: what stands behind the name at the address's front.
class Resolution {
 public:
  Resolution(net::Resolver& resolver, TimePoint deadline) : resolver_(resolver), deadline_(deadline) {}

  Task<Result<std::vector<Multiaddr>>> run(Multiaddr address) {
    std::vector<Multiaddr> waiting{std::move(address)};
    while (!waiting.empty() && results_.size() < kMaxResults) {
      const Multiaddr next = std::move(waiting.back());
      waiting.pop_back();
      const auto name = name_of(next);
      if (!name) {
        results_.push_back(next);
      } else if (name->protocol == Protocol::kDnsaddr) {
        co_await add_texts(next, std::string(as_text(name->value)), waiting);
      } else {
        co_await add_ips(next, std::string(as_text(name->value)), name->protocol);
      }
    }
    if (results_.empty()) co_return error_;
    co_return std::move(results_);
  }

 private:
  bool may_look_up() { return lookups_++ < kMaxLookups; }

  Task<void> add_ips(const Multiaddr& address, std::string name, Protocol kind) {
    if (kind != Protocol::kDns4) co_await add_family(address, name, net::IpFamily::kV6);
    if (kind != Protocol::kDns6) co_await add_family(address, name, net::IpFamily::kV4);
  }

  Task<void> add_family(const Multiaddr& address, std::string name, net::IpFamily family) {
    if (!may_look_up()) co_return;
    const Result<std::vector<Bytes>> ips = co_await resolver_.addresses(std::move(name), family, deadline_);
    if (!ips) {
      error_ = ips.error();
      co_return;
    }
    const Protocol protocol = family == net::IpFamily::kV6 ? Protocol::kIp6 : Protocol::kIp4;
    for (const Bytes& ip : *ips) {
      if (results_.size() < kMaxResults) results_.push_back(with_rest_of(Multiaddr().with(protocol, ip), address));
    }
  }

  Task<void> add_texts(const Multiaddr& address, std::string name, std::vector<Multiaddr>& waiting) {
    static constexpr std::string_view kPrefix = "dnsaddr=";
    if (!may_look_up()) co_return;
    const Result<std::vector<std::string>> texts = co_await resolver_.texts("_dnsaddr." + name, deadline_);
    if (!texts) {
      error_ = texts.error();
      co_return;
    }
    for (const std::string& text : *texts) {
      if (!text.starts_with(kPrefix) || waiting.size() >= kMaxResults) continue;
      const Result<Multiaddr> found = Multiaddr::parse_text(std::string_view(text).substr(kPrefix.size()));
      if (found && ends_like(*found, address)) waiting.push_back(*found);
    }
  }

  net::Resolver& resolver_;
  const TimePoint deadline_;
  std::size_t lookups_ = 0;
  std::vector<Multiaddr> results_;
  Error error_ = net::errors::kResolve;
};

}  // namespace

bool has_name(const Multiaddr& address) {
  return name_of(address).has_value();
}

Task<Result<std::vector<Multiaddr>>> resolve_address(net::Resolver& resolver, Multiaddr address, TimePoint deadline) {
  Resolution resolution(resolver, deadline);
  co_return co_await resolution.run(std::move(address));
}

}  // namespace opwire::transport
