#include "opwire/sim/node.hpp"

#include <gtest/gtest.h>

#include "opwire/sim/gossip_network.hpp"

namespace opwire::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Two nodes, of which the first dials the second.
class NodeTest : public testing::Test {
 protected:
  NodeTest() : network_(options()) { network_.start(); }
  static GossipOptions options() {
    GossipOptions options;
    options.nodes = 2;
    options.degree = 1;
    options.message_interval = std::chrono::hours(1);
    return options;
  }
  bool connected() { return network_.node(0).station().host().network().is_connected(network_.node(1).station().id()); }
  SimulatedLoop& loop() { return network_.world().loop(); }

  GossipNetwork network_;
};

TEST_F(NodeTest, RunsARealHostAtARealAddress) {
  ASSERT_TRUE(connected());
  Host& host = network_.node(0).station().host();
  EXPECT_EQ(network_.node(1).station().address().without_peer().to_string(), "/ip4/10.0.0.2/tcp/9000");
  const auto times = loop().run(host.ping(network_.node(1).station().id(), 1));
  ASSERT_TRUE(times);
  EXPECT_GE(times->front(), milliseconds(20)) << "a round trip of the link";
  const auto info = loop().run(host.identify(network_.node(1).station().id()));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->agent, "opwire-sim");
  EXPECT_EQ(host.network().connections().front().security, "/plaintext/2.0.0");
}

TEST_F(NodeTest, CrashedNodeReturnsAsItselfAndIsFoundAgain) {
  Node& node = network_.node(1);
  const PeerId id = node.station().id();
  loop().run(node.crash(Loss::kReset));
  EXPECT_FALSE(node.running());
  loop().run_for(seconds(1));
  EXPECT_FALSE(connected()) << "its kernel told the others";
  node.start();
  loop().run_for(seconds(20));
  EXPECT_TRUE(connected());
  EXPECT_EQ(node.station().id(), id);
  ASSERT_EQ(node.lives().size(), 2u);
  EXPECT_FALSE(node.ran(network_.world().now() - seconds(60), network_.world().now()));
  EXPECT_TRUE(node.ran(network_.world().now() - seconds(20), network_.world().now()));
  const std::size_t former = network_.report().delivery.in_all;
  network_.publish(1);
  loop().run_for(seconds(5));
  EXPECT_EQ(network_.report().delivery.in_all, former + 1);
}

TEST_F(NodeTest, SilentCrashIsNoticedByKeepAlive) {
  loop().run(network_.node(1).crash(Loss::kSilent));
  loop().run_for(seconds(10));
  EXPECT_TRUE(connected()) << "nobody told the other side";
  loop().run_for(seconds(40));
  EXPECT_FALSE(connected());
}

TEST_F(NodeTest, StopIsPolite) {
  const TimePoint start = network_.world().now();
  loop().run(network_.node(1).stop());
  loop().run_for(seconds(1));
  EXPECT_FALSE(connected());
  EXPECT_LE(network_.world().now() - start, seconds(5));
}

}  // namespace
}  // namespace opwire::sim
