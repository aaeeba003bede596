#include "opwire/base/time.hpp"

#include <gtest/gtest.h>

namespace opwire {
namespace {

using namespace std::chrono_literals;

TEST(ManualClock, StandsStillUntilMoved) {
  ManualClock clock(from_unix_seconds(1'700'000'000));
  const TimePoint start = clock.now();
  EXPECT_EQ(clock.now(), start);
  clock.advance(1500ms);
  EXPECT_EQ(clock.now() - start, 1500ms);
  EXPECT_EQ(unix_seconds(clock.wall_now()), 1'700'000'001U);
}

// Deadlines are often now minus something: there must be room below.
TEST(ManualClock, DoesNotStartAtTheOrigin) {
  EXPECT_GT(ManualClock().now() - 30min, TimePoint{});
}

TEST(SystemClock, GoesForward) {
  const SystemClock clock;
  const TimePoint first = clock.now();
  EXPECT_GE(clock.now(), first);
  EXPECT_GT(unix_seconds(clock.wall_now()), 1'700'000'000U);
}

TEST(UnixSeconds, ThereAndBack) {
  EXPECT_EQ(unix_seconds(from_unix_seconds(0)), 0U);
  EXPECT_EQ(unix_seconds(from_unix_seconds(4'102'444'800)), 4'102'444'800U);
}

}  // namespace
}  // namespace opwire
