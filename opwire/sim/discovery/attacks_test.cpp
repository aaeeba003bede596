// What attackers get, line by line of docs/simulator.md, at a fifth of the size.
#include "opwire/sim/discovery/attacks.hpp"

#include <gtest/gtest.h>

#include <cstdio>

namespace opwire::sim {
namespace {

using namespace std::chrono_literals;

DiscoveryAttackOptions small() {
  DiscoveryAttackOptions options;
  options.nodes = 200;
  options.attackers = 1000;
  options.lookups = 20;
  return options;
}

DiscoveryAttackReport play(const char* name, const DiscoveryAttackOptions& options = small()) {
  const DiscoveryAttack& attack = *find_discovery_attack(name);
  const DiscoveryAttackReport report = attack.play(options);
  std::printf("%s", discovery_attack_table_row(attack, report).c_str());
  EXPECT_EQ(report.lookups.ended.size(), report.lookups.begun) << name;
  EXPECT_LE(report.lookups.asked(1), 100) << name;
  return report;
}

TEST(DiscoveryAttacks, PoisoningGetsTenPlacesForEachSubnetAndNoMore) {
  const DiscoveryAttackReport report = play("poisoning");
  EXPECT_GT(report.most_in_table, 20U);  // it had its chance
  EXPECT_LE(report.most_in_table, 40U);
  EXPECT_GE(report.lookups.recall, 0.6);
}

TEST(DiscoveryAttacks, OneSubnetDoesNotEclipseANewcomer) {
  const DiscoveryAttackReport report = play("eclipse");
  EXPECT_GT(report.most_in_table, 0U);
  EXPECT_LE(report.most_in_table, 10U);
  EXPECT_LE(report.in_tables, 0.25);
  EXPECT_GE(report.lookups.recall, 0.85);
  EXPECT_GE(report.lookups.own, 0.9);
}

TEST(DiscoveryAttacks, NodesThatDoNotExistAreFoundOut) {
  const DiscoveryAttackReport report = play("nodes-flood");
  EXPECT_GE(report.lookups.recall, 0.8);
  EXPECT_LT(report.lookups.took(1), 30s);
}

TEST(DiscoveryAttacks, NobodyGetsMoreThanWasSentInItsName) {
  const DiscoveryAttackReport report = play("spoofing");
  EXPECT_GT(report.bytes_back, 0U);
  EXPECT_LE(report.bytes_back, report.bytes_sent);
  EXPECT_LE(report.worst_gain, 0);
  EXPECT_GE(report.lookups.recall, 0.9);
}

// AddressSanitizer keeps what was freed.
#if __has_feature(address_sanitizer)
constexpr double kMostMebibytes = 512;
#else
constexpr double kMostMebibytes = 16;
#endif

TEST(DiscoveryAttacks, AFloodOfEndpointsIsForgotten) {
  const DiscoveryAttackReport report = play("session-flood");
  EXPECT_GT(report.most_sessions, 100U);
  EXPECT_LE(report.most_sessions, 2000U);
  EXPECT_LT(report.mebibytes, kMostMebibytes);
  EXPECT_GE(report.lookups.recall, 0.9);
}

TEST(DiscoveryAttacks, RecordsOfOtherChainsDoNotHideOurs) {
  DiscoveryAttackOptions options = small();
  options.nodes = 500;
  const DiscoveryAttackReport report = play("foreign-chains", options);
  ASSERT_TRUE(report.own_chain);
  EXPECT_LT(*report.own_chain, 30s);
}

TEST(DiscoveryAttacks, TheSameSeedIsTheSameRun) {
  DiscoveryAttackOptions options = small();
  options.nodes = 60;
  options.attackers = 60;
  options.lookups = 5;
  for (const DiscoveryAttack& attack : discovery_attacks()) {
    EXPECT_EQ(attack.play(options).fingerprint, attack.play(options).fingerprint) << attack.name;
  }
}

}  // namespace
}  // namespace opwire::sim
