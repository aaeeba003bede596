// How many connections one address or network may hold, and how fast it may open new ones. Loopback and addresses
// without an IP are not limited.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "opwire/base/lru_cache.hpp"
#include "opwire/base/token_bucket.hpp"
#include "opwire/multiformats/multiaddr.hpp"

namespace opwire::swarm {

/// Of each network with a prefix of so many bits.
struct SubnetLimit {
  unsigned prefix_bits;
  std::size_t connections;
  double per_second;  ///< new connections, on the long run
  double burst;
};

/// The defaults are go-libp2p's, and for IPv4 networks of 256 addresses what it has for IPv6 networks of 256 sites.
struct InboundOptions {
  InboundOptions() = default;
  static InboundOptions unlimited();

  std::vector<SubnetLimit> ipv4{{32, 8, 0.2, 16}, {24, 64, 0.5, 80}};
  std::vector<SubnetLimit> ipv6{{56, 8, 0.2, 16}, {48, 64, 0.5, 80}};
};

class InboundGuard {
 public:
  explicit InboundGuard(const InboundOptions& options);

  /// A place of that address in each of its networks; free again when destroyed. Outlives the guard if need be.
  class Place;

  /// Nothing when one of its networks has too many connections or opens them too fast.
  std::optional<Place> admit(const Multiaddr& remote, TimePoint now);

 private:
  static constexpr std::size_t kMaxRates = 8192;  // networks that are remembered, by limit

  using Prefix = ByteArray<16>;
  struct PrefixHash {
    std::size_t operator()(const Prefix& prefix) const noexcept;
  };
  struct Rule {
    explicit Rule(const SubnetLimit& of) : limit(of) {}
    const SubnetLimit limit;
    std::unordered_map<Prefix, std::size_t, PrefixHash> held;
    LruCache<Prefix, std::optional<TokenBucket>, PrefixHash> rates{kMaxRates};
  };
  struct Rules {
    std::list<Rule> ipv4;
    std::list<Rule> ipv6;
  };
  static Prefix prefix_of(ByteView ip, unsigned bits);

  const std::shared_ptr<Rules> rules_;
};

class InboundGuard::Place {
 public:
  Place() = default;  ///< of an address that is not limited
  ~Place();
  Place(Place&& other) noexcept = default;
  Place& operator=(Place&&) = delete;

 private:
  friend class InboundGuard;
  Place(std::shared_ptr<Rules> rules, ByteView ip);
  std::list<Rule>& of_family() const { return is_ipv4_ ? rules_->ipv4 : rules_->ipv6; }

  std::shared_ptr<Rules> rules_;
  Prefix ip_{};
  bool is_ipv4_ = false;
};

}  // namespace opwire::swarm
