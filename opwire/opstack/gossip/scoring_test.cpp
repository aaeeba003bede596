#include "opwire/opstack/gossip/scoring.hpp"

#include <gtest/gtest.h>

namespace opwire::opstack {
namespace {

using std::chrono::seconds;

TEST(LightScoringTest, IsValidForEveryBlockTime) {
  for (const int block_time : {0, 1, 2, 12}) {
    const gossipsub::Scoring scoring = light_scoring(seconds(block_time));
    EXPECT_TRUE(scoring.params.validate());
    EXPECT_TRUE(scoring.thresholds.validate());
  }
}

// The decay is counted in slots: every chain forgets after as many blocks.
TEST(LightScoringTest, DecayDoesNotDependOnTheBlockTime) {
  for (const int block_time : {1, 2, 12}) {
    EXPECT_NEAR(light_scoring(seconds(block_time)).params.behaviour_decay, 0.9261187281, 1e-10);
  }
  EXPECT_EQ(light_scoring(seconds(0)).params.retain_score, seconds(1200));
  EXPECT_EQ(light_scoring(seconds(1)).params.decay_interval, seconds(1));
}

}  // namespace
}  // namespace opwire::opstack
