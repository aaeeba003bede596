// The storm at its full size, in the optimised build only.
#include <gtest/gtest.h>

#include <cstdio>

#include "opwire/sim/cost.hpp"
#include "opwire/sim/scenarios.hpp"

namespace opwire::sim {
namespace {

// 200 nodes, ten minutes, 10 to 150 ms, three connections cut a second, a tenth of the nodes crashing a minute.
TEST(Storm, TwoHundredNodesForTenMinutes) {
  const Scenario& scenario = *find_scenario("storm");
  const GossipOptions options = scenario.options();
  const Duration duration = std::chrono::minutes(10);
  const double before = cpu_seconds();
  Report report;
  {
    GossipNetwork network(options);
    network.start();
    scenario.play(network, duration, {});
    report = network.report();
  }
  const double cost = cpu_seconds() - before;
  SCOPED_TRACE(to_text(report) + replay_command(scenario, options, duration));
  EXPECT_TRUE(report.delivery.complete());
  EXPECT_GT(report.delivery.messages, 500u);
  EXPECT_GT(report.crashes, 100u);
  EXPECT_GT(report.cuts, 1000u);
  EXPECT_GE(report.mesh_at_end.min, options.gossip.d_lo);
  EXPECT_LE(report.mesh_at_end.max, options.gossip.d_hi);
  std::printf("%.1f CPU seconds\n", cost);  // a figure for docs/simulator.md; machines differ too much for a bound
}

}  // namespace
}  // namespace opwire::sim
