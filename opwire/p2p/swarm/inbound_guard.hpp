// How many connections one address may hold, and how fast it may open new ones, as go-libp2p's defaults do it: by IPv4
// address and by IPv6 /56. Loopback and addresses without an IP are not limited.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>

#include "opwire/base/lru_cache.hpp"
#include "opwire/base/token_bucket.hpp"
#include "opwire/multiformats/multiaddr.hpp"

namespace opwire::swarm {

struct InboundOptions {
  InboundOptions() = default;
  std::size_t max_connections_per_ip = 8;
  double connections_per_second = 0.2;  ///< by one address, on the long run
  double burst = 16;
};

class InboundGuard {
 public:
  explicit InboundGuard(const InboundOptions& options) : options_(options) {}

  /// A place of that address; free again when destroyed. Outlives the guard if need be.
  class Place {
   public:
    Place() = default;  ///< of an address that is not limited
    ~Place();
    Place(Place&& other) noexcept = default;
    Place& operator=(Place&&) = delete;

   private:
    friend class InboundGuard;
    using Counts = std::unordered_map<std::uint64_t, std::size_t>;
    Place(std::shared_ptr<Counts> counts, std::uint64_t key) : counts_(std::move(counts)), key_(key) {}
    std::shared_ptr<Counts> counts_;
    std::uint64_t key_ = 0;
  };

  /// Nothing when the address has too many connections or opens them too fast.
  std::optional<Place> admit(const Multiaddr& remote, TimePoint now);

 private:
  static constexpr std::size_t kMaxRates = 8192;

  const InboundOptions options_;
  std::shared_ptr<Place::Counts> counts_ = std::make_shared<Place::Counts>();
  LruCache<std::uint64_t, std::optional<TokenBucket>> rates_{kMaxRates};
};

}  // namespace opwire::swarm
