// Ten thousand nodes, in the optimised build only.
#include <gtest/gtest.h>

#include <cstdio>

#include "opwire/sim/cost.hpp"
#include "opwire/sim/discovery/lookups.hpp"

namespace opwire::sim {
namespace {

TEST(DiscoveryAtScale, TenThousandNodesFindTheNearest) {
  const double before = cpu_seconds();
  KademliaOptions options;
  options.nodes = 10'000;
  options.datagrams.loss = 0.01;
  KademliaNetwork network(options);
  network.silence(0.05);
  const LookupReport report = play_lookups(network, {});
  const double cost = cpu_seconds() - before;
  std::printf("%s%s%.1f CPU seconds, %.0f MiB\n", lookup_table_head().c_str(),
              lookup_table_row("10,000 nodes", report).c_str(), cost, mebibytes_resident());
  EXPECT_EQ(report.ended.size(), 200U);
  EXPECT_LE(report.hops(0.5), 6);
  EXPECT_GT(report.recall, 0.95);
  EXPECT_LT(cost, 60);
  EXPECT_LT(mebibytes_resident(), 2048);
}

}  // namespace
}  // namespace opwire::sim
