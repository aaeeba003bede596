#include "opwire/sim/world.hpp"

namespace opwire::sim {
namespace {
// What is derived from the world's seed.
enum Stream : std::uint64_t { kLinks, kEvents, kFirstHost };
}  // namespace

World::World(std::uint64_t seed, const LinkOptions& links)
    : seed_(seed), internet_(loop_, derive_seed(seed, kLinks), links), rng_(derive_seed(seed, kEvents)) {}

std::uint64_t World::host_seed(std::uint64_t number) const noexcept {
  return derive_seed(seed_, kFirstHost + number);
}

}  // namespace opwire::sim
