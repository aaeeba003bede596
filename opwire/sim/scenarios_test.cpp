#include "opwire/sim/scenarios.hpp"

#include <gtest/gtest.h>

namespace opwire::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

GossipOptions small(const char* scenario, std::uint64_t seed, std::uint32_t nodes) {
  GossipOptions options = find_scenario(scenario)->options();
  options.seed = seed;
  options.nodes = nodes;
  options.degree = 6;
  return options;
}

Report play(const char* scenario, const GossipOptions& options, Duration duration) {
  GossipNetwork network(options);
  network.start();
  find_scenario(scenario)->play(network, duration, {});
  return network.report();
}

// What is checked of every run, and how to see it again.
void expect_complete(const char* scenario, const GossipOptions& options, Duration duration, const Report& report) {
  EXPECT_GT(report.delivery.expected, 0u);
  EXPECT_TRUE(report.delivery.complete())
      << to_text(report) << replay_command(*find_scenario(scenario), options, duration);
}

TEST(Scenarios, QuietNetworkDeliversAtOnce) {
  const GossipOptions options = small("quiet", 1, 20);
  const Report report = play("quiet", options, seconds(15));
  expect_complete("quiet", options, seconds(15), report);
  EXPECT_EQ(report.delivery.expected, report.delivery.messages * 19);
  EXPECT_GE(report.delivery.p50, milliseconds(10));
  EXPECT_LE(report.delivery.max, milliseconds(600)) << "a few hops, no gossip";
  EXPECT_EQ(report.crashes + report.cuts, 0u);
}

TEST(Scenarios, StormTakesNothingFromThoseThatStay) {
  GossipOptions options = small("storm", 3, 30);
  options.churn_per_minute = 0.5;
  const Report report = play("storm", options, seconds(40));
  expect_complete("storm", options, seconds(40), report);
  EXPECT_GT(report.crashes, 2u);
  EXPECT_GT(report.cuts, 30u);
}

TEST(Scenarios, StallsLoseNothing) {
  const GossipOptions options = small("stalls", 4, 12);
  const Report report = play("stalls", options, seconds(60));
  expect_complete("stalls", options, seconds(60), report);
  EXPECT_GE(report.delivery.max, seconds(1)) << "something waited";
}

TEST(Scenarios, PartitionHealsByItself) {
  const GossipOptions options = small("partition", 5, 12);
  GossipNetwork network(options);
  network.start();
  find_scenario("partition")->play(network, seconds(30), {});
  EXPECT_FALSE(network.report().delivery.complete()) << "the halves could not hear each other";
  network.calm(seconds(40));
  const std::size_t message = network.publish(0);
  network.calm(seconds(11));
  for (const Miss& miss : network.report().delivery.misses) EXPECT_LT(miss.message, message);
}

TEST(Scenarios, OneSeedOneFingerprint) {
  GossipOptions options = small("storm", 6, 12);
  options.churn_per_minute = 2;
  const Report once = play("storm", options, seconds(20));
  const Report again = play("storm", options, seconds(20));
  EXPECT_GT(once.crashes + once.cuts, 20u);
  EXPECT_EQ(once.fingerprint, again.fingerprint);
  EXPECT_EQ(once.packets, again.packets);
  options.seed = 7;
  EXPECT_NE(play("storm", options, seconds(20)).fingerprint, once.fingerprint);
}

TEST(Scenarios, ReplayCommandSaysEverything) {
  const GossipOptions options = small("storm", 6, 20);
  EXPECT_EQ(replay_command(*find_scenario("storm"), options, seconds(90)),
            "./dev sim run storm --seed 6 --nodes 20 --degree 6 --minutes 1.5 --latency 10,150 --jitter 5 --size 2048 "
            "--interval 1 --cuts 3 --churn 10 --bandwidth 0");
  EXPECT_EQ(find_scenario("no such"), nullptr);
}

}  // namespace
}  // namespace opwire::sim
