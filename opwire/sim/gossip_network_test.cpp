#include "opwire/sim/gossip_network.hpp"

#include <gtest/gtest.h>

namespace opwire::sim {
namespace {

using std::chrono::seconds;

GossipOptions small(std::uint64_t seed) {
  GossipOptions options;
  options.seed = seed;
  options.nodes = 20;
  options.degree = 5;
  return options;
}

TEST(GossipNetwork, EveryMessageReachesEverybody) {
  GossipNetwork network(small(1));
  network.start();
  network.run_for(seconds(20));
  const Report report = network.report();
  EXPECT_EQ(network.running(), 20u);
  EXPECT_GE(report.delivery.messages, 9u);
  EXPECT_EQ(report.delivery.expected, report.delivery.messages * 19);
  EXPECT_TRUE(report.delivery.complete()) << to_text(report);
  std::cout << to_text(report);
}

}  // namespace
}  // namespace opwire::sim
