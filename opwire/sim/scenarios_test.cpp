#include "opwire/sim/scenarios.hpp"

#include <gtest/gtest.h>

#include <cmath>

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

// The halves stay apart for longer than gossip remembers.
TEST(Scenarios, PartitionHealsByItself) {
  const GossipOptions options = small("partition", 5, 12);
  const Report report = play("partition", options, seconds(180));
  expect_complete("partition", options, seconds(180), report);
  const std::size_t to_all = report.delivery.messages * 11;
  EXPECT_LT(report.delivery.expected, to_all * 9 / 10) << "the halves could not hear each other";
  EXPECT_GT(report.delivery.expected, to_all * 7 / 10) << "each half could, and all before and after";
}

TEST(Scenarios, DisturbancesStartOnce) {
  GossipOptions options = small("stalls", 4, 12);
  options.cuts_per_second = 1;
  const Report report = play("stalls", options, seconds(60));
  EXPECT_GT(report.cuts, 30u);
  EXPECT_LT(report.cuts, 90u) << "60 are to be expected";
}

TEST(Scenarios, OptionsOutOfBoundsAreRefused) {
  for (const Scenario& scenario : scenarios()) EXPECT_TRUE(scenario.options().validate()) << scenario.name;
  const auto why = [](auto change) {
    GossipOptions options;
    change(options);
    const auto valid = options.validate();
    return valid ? std::string() : valid.error();
  };
  EXPECT_EQ(why([](GossipOptions& o) { o.message_size = 2'000'000; }), "message size: at most 1047552 bytes");
  EXPECT_EQ(why([](GossipOptions& o) { o.links.min_latency = milliseconds(-100); }),
            "latency: 0 to 10,000 ms, the least first");
  EXPECT_NE(why([](GossipOptions& o) { o.message_interval = {}; }), "");
  EXPECT_NE(why([](GossipOptions& o) { o.cuts_per_second = std::nan(""); }), "");
  EXPECT_NE(why([](GossipOptions& o) { o.nodes = 1; }), "");
  EXPECT_NE(why([](GossipOptions& o) { o.bandwidth.up = 1; }), "");
}

TEST(Scenarios, LargestMessageIsDelivered) {
  GossipOptions options = small("quiet", 1, 4);
  options.message_size = 1'047'552;
  expect_complete("quiet", options, seconds(12), play("quiet", options, seconds(12)));
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

TEST(Scenarios, ReplayCommandIsExact) {
  GossipOptions options = small("storm", 6, 20);
  options.cuts_per_second = 0.3333333;
  options.churn_per_minute = 7.0 / 100;
  const std::string command = replay_command(*find_scenario("storm"), options, seconds(90));
  EXPECT_NE(command.find("--cuts 0.3333333 --churn 7 "), std::string::npos) << command;
}

}  // namespace
}  // namespace opwire::sim
