#include "opwire/sim/discovery/startup.hpp"

#include <gtest/gtest.h>

namespace opwire::sim {
namespace {

using namespace std::chrono_literals;

StartupOptions small(std::uint64_t seed) {
  StartupOptions options;
  options.seed = seed;
  options.nodes = 400;
  options.own_chain = 0.06;
  options.wanted = 12;
  return options;
}

TEST(Startup, OpwireKnowsItsChainLongBeforeOpNodesRuleWould) {
  const StartupRace race = play_startup_race(small(1), 3);
  SCOPED_TRACE(to_text(race));
  EXPECT_GE(race.factor(), 3);
  for (const StartupResult& result : race.opwire) {
    ASSERT_TRUE(result.known);
    EXPECT_LT(*result.known, 10s);
    ASSERT_TRUE(result.connected);
    EXPECT_LT(*result.connected, 30s);
  }
}

// At one node each five seconds after the table's, and not sooner: the model is what it says.
TEST(Startup, OpNodesRuleTakesItsTime) {
  const StartupResult result = play_startup(SearchRule::kOpNode, small(4));
  ASSERT_TRUE(result.known);
  EXPECT_GT(*result.known, 10s);
  EXPECT_LT(*result.known, 5min);
}

TEST(Startup, ANetworkWithoutOurChainIsSearchedInVain) {
  StartupOptions options = small(1);
  options.nodes = 100;
  options.own_chain = 0;
  options.patience = 2min;
  const StartupResult result = play_startup(SearchRule::kOpwire, options);
  EXPECT_FALSE(result.known);
  EXPECT_FALSE(result.connected);
}

TEST(Startup, TheSameSeedIsTheSameRun) {
  StartupOptions options = small(2);
  options.nodes = 150;
  options.wanted = 4;
  for (const SearchRule rule : {SearchRule::kOpwire, SearchRule::kOpNode}) {
    EXPECT_EQ(play_startup(rule, options).fingerprint, play_startup(rule, options).fingerprint);
  }
}

}  // namespace
}  // namespace opwire::sim
