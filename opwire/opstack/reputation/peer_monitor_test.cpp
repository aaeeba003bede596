#include "opwire/opstack/reputation/peer_monitor.hpp"

#include <gtest/gtest.h>

#include "opwire/opstack/reputation/ban.hpp"
#include "opwire/opstack/reputation/peers_for_test.hpp"

namespace opwire::opstack::reputation {
namespace {

struct PeerMonitorTest : testing::Test {
  ScoreBook scores{{}};
  PeerMonitor monitor{scores, options()};
  std::vector<PeerId> connected;
  int asked = 0;

  static MonitorOptions options() {
    MonitorOptions made;
    made.is_static = [](const PeerId& who) { return who == peer(9); };
    return made;
  }
  void score(std::uint32_t number, double total) {
    GossipScores gossip;
    gossip.total = total;
    scores.set_gossip(peer(number), gossip, at(0));
  }
  std::optional<BanOrder> tick(std::uint64_t seconds = 0) {
    return monitor.tick(at(seconds), [this] { return ++asked, connected; });
  }
};

TEST_F(PeerMonitorTest, WithoutPeersItAsksAgainAtEachTick) {
  EXPECT_FALSE(tick());
  EXPECT_FALSE(tick());
  EXPECT_EQ(asked, 2);
}

TEST_F(PeerMonitorTest, LooksAtOnePeerATickAndThenAsksForTheListAgain) {
  for (std::uint32_t i = 1; i <= 3; ++i) score(i, -200);
  connected = {peer(1), peer(2)};
  EXPECT_EQ(tick()->peer, peer(1));
  connected = {peer(3)};
  EXPECT_EQ(tick()->peer, peer(2));
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(tick()->peer, peer(3));
  EXPECT_EQ(tick()->peer, peer(3));
  EXPECT_EQ(asked, 3);
}

TEST_F(PeerMonitorTest, WhoStandsAtTheThresholdIsFine) {
  score(1, -100);
  connected = {peer(1), peer(2)};  // nothing is known of the second
  EXPECT_FALSE(tick());
  EXPECT_FALSE(tick());
}

TEST_F(PeerMonitorTest, BelowItThePeerIsBannedForTheDurationAndTheReasonIsSaid) {
  score(1, -101.5);
  connected = {peer(1)};
  const auto order = tick(5);
  ASSERT_TRUE(order);
  EXPECT_EQ(order->until, at(5 + 3600));
  EXPECT_EQ(order->reason, "score -101.5 is below -100");
  EXPECT_EQ(cause_of(order->reason), "score");
  EXPECT_EQ(order->scores.gossip.total, -101.5);
}

TEST_F(PeerMonitorTest, StaticPeersAreNotBanned) {
  score(9, -1000);
  connected = {peer(9)};
  EXPECT_FALSE(tick());
}

TEST_F(PeerMonitorTest, AnExpiredScoreBansNobody) {
  score(1, -101);
  connected = {peer(1)};
  EXPECT_TRUE(tick(1200));
  EXPECT_FALSE(tick(1201));
}

TEST_F(PeerMonitorTest, ThresholdAndDurationAreOptions) {
  MonitorOptions options;
  options.threshold = -0.25;
  options.duration = std::chrono::minutes(1);
  PeerMonitor strict(scores, std::move(options));
  score(1, -0.5);
  const auto order = strict.tick(at(0), [] { return std::vector{peer(1)}; });
  ASSERT_TRUE(order);
  EXPECT_EQ(order->until, at(60));
  EXPECT_EQ(order->reason, "score -0.5 is below -0.25");
}

}  // namespace
}  // namespace opwire::opstack::reputation
