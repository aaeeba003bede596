#include "opwire/p2p/yamux/receive_window.hpp"

#include <gtest/gtest.h>

namespace opwire::yamux {
namespace {

constexpr TimePoint kStart{std::chrono::hours(1)};
constexpr Duration kRtt = std::chrono::milliseconds(10);
constexpr std::uint32_t kMax = 16 * 1024 * 1024;

struct Fixture : testing::Test {
  std::uint64_t budget = 1u << 30;
  ReceiveWindow window{kStart};
  std::uint32_t consume(std::uint32_t bytes, TimePoint at, Duration rtt = {}) {
    return window.on_consumed(bytes, at, {rtt, kMax, budget});
  }
};
using ReceiveWindowTest = Fixture;

TEST_F(ReceiveWindowTest, GivesCreditOnceHalfIsConsumed) {
  window.on_announced(kInitialWindow);
  EXPECT_EQ(window.remaining(), 0u);
  EXPECT_EQ(consume(kInitialWindow / 2 - 1, kStart), 0u);
  EXPECT_EQ(consume(1, kStart), kInitialWindow / 2);
  EXPECT_EQ(window.remaining(), kInitialWindow / 2);
}

TEST_F(ReceiveWindowTest, GivesNoCreditForWhatIsAnnouncedAndNotThereYet) {
  window.on_announced(200 * 1024);
  EXPECT_EQ(consume(150 * 1024, kStart), 150u * 1024);
  EXPECT_EQ(window.remaining(), kInitialWindow - 50 * 1024);
}

TEST_F(ReceiveWindowTest, DoublesWhenUsedUpWithinFourRoundTrips) {
  TimePoint now = kStart;
  std::uint32_t size = kInitialWindow;
  while (size < kMax) {
    const std::uint32_t all = window.remaining();
    window.on_announced(all);
    now += kRtt;
    EXPECT_EQ(consume(all, now, kRtt), size * 2);
    size *= 2;
    EXPECT_EQ(window.size(), size);
  }
  window.on_announced(kMax);
  EXPECT_EQ(consume(kMax, now, kRtt), kMax);  // and no further
  EXPECT_EQ(budget, (1u << 30) - (kMax - kInitialWindow));
}

TEST_F(ReceiveWindowTest, StaysWhenUsedUpSlowly) {
  window.on_announced(kInitialWindow);
  EXPECT_EQ(consume(kInitialWindow, kStart + 4 * kRtt, kRtt), kInitialWindow);
}

TEST_F(ReceiveWindowTest, StaysWhileTheRoundTripIsUnknown) {
  window.on_announced(kInitialWindow);
  EXPECT_EQ(consume(kInitialWindow, kStart), kInitialWindow);
}

TEST_F(ReceiveWindowTest, StaysWhenTheSessionHasNoMoreToGive) {
  budget = kInitialWindow - 1;
  window.on_announced(kInitialWindow);
  EXPECT_EQ(consume(kInitialWindow, kStart, kRtt), kInitialWindow);
  EXPECT_EQ(budget, kInitialWindow - 1);
}

}  // namespace
}  // namespace opwire::yamux
