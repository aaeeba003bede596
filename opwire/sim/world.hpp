// What all simulated hosts of one run share: virtual time, the internet, and one seed from which all chance comes.
#pragma once

#include "opwire/net/dns.hpp"
#include "opwire/sim/internet.hpp"

namespace opwire::sim {

/// Outlives everything that lives in it.
class World {
 public:
  explicit World(std::uint64_t seed, const LinkOptions& links = {});

  SimulatedLoop& loop() noexcept { return loop_; }
  TimePoint now() const { return loop_.now(); }
  Internet& internet() noexcept { return internet_; }
  /// Of the course of events; each host has its own beside it.
  Rng& rng() noexcept { return rng_; }
  /// The seed of the number-th host, whatever others do.
  std::uint64_t host_seed(std::uint64_t number) const noexcept;
  /// Knows no name.
  net::Resolver& resolver() noexcept { return names_; }
  std::uint64_t fingerprint() noexcept { return internet_.fingerprint().value(); }

 private:
  std::uint64_t seed_;
  SimulatedLoop loop_;
  Internet internet_;
  SeededRng rng_;
  net::StaticResolver names_;
};

}  // namespace opwire::sim
