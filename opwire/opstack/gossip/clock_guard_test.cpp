#include "opwire/opstack/gossip/clock_guard.hpp"

#include <gtest/gtest.h>

#include <map>

#include "opwire/base/rng.hpp"

namespace opwire::opstack {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t kGenesis = 1'700'000'000;

/// A chain of two-second blocks, and a clock that is wrong by so much.
struct World {
  ClockGuard guard{seconds(2)};
  Duration skew{};
  Duration steady = std::chrono::hours(5);  // since the machine was started
  std::uint64_t block = 0;
  std::vector<ClockNotice> notices;

  void arrive(std::uint64_t number, Duration true_time_since_genesis) {
    const WallTime arrived = from_unix_seconds(kGenesis) + true_time_since_genesis + skew;
    const auto notice = guard.observe(kGenesis + 2 * number, arrived, TimePoint(steady + true_time_since_genesis));
    if (notice) notices.push_back(*notice);
  }
  /// The next blocks, each so long on its way.
  void blocks(std::size_t count, Duration delay) {
    for (; count > 0; --count, ++block) arrive(block, seconds(2) * block + delay);
  }
  Duration now() const { return seconds(2) * block; }
};

TEST(ClockGuard, SaysNothingOfAClockThatIsRight) {
  World world;
  world.blocks(ClockGuard::kLeastSlots - 1, milliseconds(150));
  EXPECT_EQ(world.guard.state(), ClockState::kUnknown);
  EXPECT_EQ(world.guard.skew(), std::nullopt);
  world.blocks(1, milliseconds(150));
  EXPECT_EQ(world.guard.state(), ClockState::kGood);
  EXPECT_EQ(world.guard.skew(), Duration(milliseconds(150)));
  world.blocks(1000, milliseconds(300));
  EXPECT_EQ(world.guard.skew(), Duration(milliseconds(300)));
  world.blocks(100, milliseconds(-60));  // sealed a little early
  EXPECT_EQ(world.guard.state(), ClockState::kGood);
  EXPECT_TRUE(world.notices.empty());
}

TEST(ClockGuard, SaysThatTheClockIsBehindAndWhenItIsWellAgain) {
  World world;
  world.skew = milliseconds(-1200);
  world.blocks(8, milliseconds(200));
  ASSERT_EQ(world.notices.size(), 1u);
  EXPECT_EQ(world.notices[0].state, ClockState::kBehind);
  EXPECT_EQ(world.notices[0].skew, Duration(milliseconds(-1000)));
  world.skew = milliseconds(50);  // somebody sets it
  world.blocks(7, milliseconds(200));
  EXPECT_EQ(world.notices.size(), 1u) << "nothing from before the change is used, and there is too little after it";
  world.blocks(1, milliseconds(200));
  ASSERT_EQ(world.notices.size(), 2u);
  EXPECT_EQ(world.notices[1].state, ClockState::kGood);
  EXPECT_EQ(world.notices[1].skew, Duration(milliseconds(250)));
}

TEST(ClockGuard, FollowsAClockThatIsAdjustedSlowly) {
  World world;
  world.skew = milliseconds(-900);
  world.blocks(40, milliseconds(100));
  for (; world.skew < milliseconds(-100); world.skew += milliseconds(2)) world.blocks(1, milliseconds(100));
  world.blocks(40, milliseconds(100));
  ASSERT_EQ(world.notices.size(), 3u) << "behind, behind after ten minutes, good";
  EXPECT_EQ(world.notices[1].state, ClockState::kBehind);
  EXPECT_EQ(world.notices[2].state, ClockState::kGood);
  EXPECT_EQ(world.guard.skew(), Duration(milliseconds(0)));
}

TEST(ClockGuard, BlocksFromTheFutureAreEvidence) {
  World world;
  world.skew = seconds(-90);  // all of them are refused
  world.blocks(8, milliseconds(200));
  ASSERT_EQ(world.notices.size(), 1u);
  EXPECT_EQ(world.notices[0].state, ClockState::kBehind);
  EXPECT_EQ(world.notices[0].skew, Duration(milliseconds(-89'800)));
}

TEST(ClockGuard, RepeatsItselfEveryTenMinutes) {
  World world;
  world.skew = seconds(-2);
  world.blocks(8 + 30 * 60, milliseconds(200));  // an hour
  EXPECT_EQ(world.notices.size(), 7u);
}

TEST(ClockGuard, IsAheadWhenEvenTheFastestAreLate) {
  World world;
  world.skew = seconds(6);
  for (int i = 0; i < 50; ++i) world.blocks(1, milliseconds(100 + i % 7 * 400));
  ASSERT_EQ(world.notices.size(), 1u);
  EXPECT_EQ(world.notices[0].state, ClockState::kAhead);
  EXPECT_EQ(world.guard.skew(), Duration(milliseconds(6100)));
  World slow;
  slow.skew = seconds(2);
  for (int i = 0; i < 50; ++i) slow.blocks(1, milliseconds(i % 3 == 0 ? 100 : 9000));
  EXPECT_TRUE(slow.notices.empty()) << "most are late, the fastest are not";
}

TEST(ClockGuard, TwoOddBlocksChangeNothing) {
  World world;
  world.blocks(30, milliseconds(200));
  world.blocks(2, seconds(-4));  // a signer that writes what it likes
  EXPECT_EQ(world.guard.skew(), Duration(milliseconds(200)));
  EXPECT_TRUE(world.notices.empty());
  world.blocks(1, seconds(-4));
  ASSERT_EQ(world.notices.size(), 1u);
  EXPECT_EQ(world.notices[0].state, ClockState::kBehind);
  world.blocks(ClockGuard::kSlots, milliseconds(200));
  EXPECT_EQ(world.guard.state(), ClockState::kGood);
}

TEST(ClockGuard, OldBlocksThatAreSentAgainChangeNothing) {
  World world;
  world.blocks(40, milliseconds(200));
  for (std::uint64_t minute = 0; minute < 20; ++minute) {
    for (std::uint64_t old = 0; old < 40; ++old) world.arrive(old, world.now() + minutes(minute) + seconds(old));
  }
  EXPECT_EQ(world.guard.state(), ClockState::kGood);
  EXPECT_EQ(world.guard.skew(), Duration(milliseconds(200)));
  EXPECT_TRUE(world.notices.empty());
}

TEST(ClockGuard, ABlockFromTheFarFutureDoesNotStopIt) {
  World world;
  world.blocks(10, milliseconds(200));
  for (const std::uint64_t timestamp : {std::uint64_t{0}, ~std::uint64_t{0}, kGenesis * 2}) {
    (void)world.guard.observe(timestamp, from_unix_seconds(kGenesis) + world.now(),
                              TimePoint(world.steady + world.now()));
  }
  world.skew = seconds(10);
  world.blocks(40, milliseconds(200));
  EXPECT_EQ(world.guard.state(), ClockState::kAhead);
}

TEST(ClockGuard, TheEstimateIsNeverBelowTheSkewNorFarAboveIt) {
  SeededRng rng(5);
  for (int round = 0; round < 200; ++round) {
    World world;
    world.skew = milliseconds(static_cast<int>(rng.below(20'000)) - 10'000);
    // Half of the blocks are up to half a second on their way, the others anything up to a minute.
    std::map<Duration, std::uint64_t> arrivals;
    for (std::uint64_t block = 0; block < 40; ++block) {
      arrivals.emplace(seconds(2) * block + milliseconds(rng.below(rng.below(2) == 0 ? 500 : 60'000)), block);
    }
    for (const auto& [at, block] : arrivals) world.arrive(block, at);
    ASSERT_TRUE(world.guard.skew());
    EXPECT_GE(*world.guard.skew(), world.skew);
    EXPECT_LT(*world.guard.skew() - world.skew, milliseconds(500)) << round;
  }
}

}  // namespace
}  // namespace opwire::opstack
