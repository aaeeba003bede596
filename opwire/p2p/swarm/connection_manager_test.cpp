// The manager in a swarm: when it looks, whom it leaves alone, and who hears of it.
#include "opwire/p2p/swarm/connection_manager.hpp"

#include "opwire/p2p/swarm/swarm_for_test.hpp"

namespace opwire::swarm {
namespace {

class ConnectionManagerTest : public SimulatedNet {
 protected:
  static HostSetup managed() {
    HostSetup setup;
    setup.options.manager.low = 2;
    setup.options.manager.high = 4;
    setup.options.manager.grace = seconds(30);
    setup.options.manager.silence = minutes(1);
    return setup;
  }
  // Peers number first to last connect to a.
  void come(SimulatedHost& a, std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t i = first; i <= last; ++i) ASSERT_TRUE(connect(host(i), a));
    settle();
  }
  std::size_t standing(SimulatedHost& a) { return a.swarm->connected_peers().size(); }
};

TEST_F(ConnectionManagerTest, ClosesDownToTheLowWaterAfterTheGrace) {
  auto& a = host(1, managed());
  come(a, 2, 4);
  loop.run_for(minutes(5));
  EXPECT_EQ(standing(a), 3u) << "below the high water";
  a.swarm->tags().set_tag(peer_of(3), "useful", 1);
  come(a, 5, 7);
  loop.run_for(seconds(29));
  EXPECT_EQ(standing(a), 6u);
  loop.run_for(seconds(2));
  EXPECT_EQ(standing(a), 2u);
  EXPECT_TRUE(a.swarm->is_connected(peer_of(3)));
  loop.run_for(seconds(3));
  EXPECT_EQ(a.swarm->connections().size(), 2u);
  EXPECT_EQ(std::count(a.recorder.events.begin(), a.recorder.events.end(), "closed inbound"), 4);
  EXPECT_EQ(a.swarm->counts().trimmed, 4u);
  EXPECT_EQ(std::count(a.recorder.events.begin(), a.recorder.events.end(), "peer disconnected"), 4);
  for (const Error& why : a.recorder.errors) EXPECT_TRUE(why.is(opwire::errors::kClosed));
}

TEST_F(ConnectionManagerTest, SilenceBetweenTrims) {
  HostSetup setup = managed();
  setup.options.manager.grace = seconds(1);
  auto& a = host(1, setup);
  come(a, 2, 7);
  loop.run_for(seconds(2));
  EXPECT_EQ(standing(a), 2u);
  come(a, 8, 11);
  loop.run_for(seconds(55));
  EXPECT_EQ(standing(a), 6u);
  loop.run_for(seconds(5));
  EXPECT_EQ(standing(a), 2u);
}

TEST_F(ConnectionManagerTest, ProtectedPeersStayAndTheManagerKeepsLooking) {
  auto& a = host(1, managed());
  for (std::uint64_t i = 2; i <= 6; ++i) a.swarm->tags().protect(peer_of(i), "mesh");
  come(a, 2, 8);
  loop.run_for(minutes(10));
  EXPECT_EQ(standing(a), 7u) << "five protected ones and the low water";
  a.swarm->tags().unprotect(peer_of(2), "mesh");
  a.swarm->tags().unprotect(peer_of(3), "mesh");
  loop.run_for(minutes(1));
  EXPECT_EQ(standing(a), 5u) << "without anyone new";
}

TEST_F(ConnectionManagerTest, AnEmergencyDoesNotWait) {
  auto& a = host(1, managed());
  a.swarm->tags().protect(peer_of(2), kStaticTag);
  come(a, 2, 8);
  EXPECT_EQ(a.swarm->trim_connections(), 5u);
  EXPECT_EQ(standing(a), 2u);
  EXPECT_TRUE(a.swarm->is_connected(peer_of(2)));
  EXPECT_EQ(a.swarm->trim_connections(), 0u);
  loop.run_for(seconds(3));
}

TEST_F(ConnectionManagerTest, ANewPeerStartsWithoutItsFormerTags) {
  auto& a = host(1, managed());
  auto& b = host(2);
  a.swarm->tags().set_tag(b.id, "found", 42);
  ASSERT_TRUE(connect(b, a));
  EXPECT_EQ(a.swarm->tags().value(b.id), 42) << "set before it came";
  a.swarm->disconnect(b.id);
  loop.run_for(seconds(3));
  EXPECT_EQ(a.swarm->tags().value(b.id), 0);
}

TEST_F(ConnectionManagerTest, ZeroTurnsItOff) {
  HostSetup setup = managed();
  setup.options.manager.high = 0;
  auto& a = host(1, setup);
  come(a, 2, 9);
  loop.run_for(minutes(10));
  EXPECT_EQ(standing(a), 8u);
}

TEST_F(ConnectionManagerTest, OptionsMustMakeSense) {
  SwarmOptions options;
  options.manager.low = options.manager.high + 1;
  EXPECT_FALSE(options.validate());
  options.manager.high = 0;
  EXPECT_TRUE(options.validate());
  options.manager.grace = -seconds(1);
  EXPECT_FALSE(options.validate());
}

}  // namespace
}  // namespace opwire::swarm
