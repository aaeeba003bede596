// The start-up race at its full size, in the optimised build only.
#include "opwire/sim/discovery/startup.hpp"

#include <gtest/gtest.h>

#include <cstdio>

namespace opwire::sim {
namespace {

TEST(DiscoveryAtScale, OpwireIsThreeTimesAsSoonAtLeast) {
  const StartupRace race = play_startup_race({}, 10);
  std::printf("%s%.1f times as soon\n", to_text(race).c_str(), race.factor());
  EXPECT_GE(race.factor(), 3);
}

}  // namespace
}  // namespace opwire::sim
