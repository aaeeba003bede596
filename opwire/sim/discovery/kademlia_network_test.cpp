#include "opwire/sim/discovery/kademlia_network.hpp"

#include <gtest/gtest.h>

#include "opwire/discv5/distance.hpp"
#include "opwire/sim/discovery/lookups.hpp"

namespace opwire::sim {
namespace {

using namespace std::chrono_literals;

KademliaOptions small(std::uint64_t seed = 1) {
  KademliaOptions options;
  options.seed = seed;
  options.nodes = 200;
  options.datagrams.loss = 0.01;
  return options;
}

TEST(KademliaNetwork, TablesAreFullOfLiveNodes) {
  KademliaNetwork network(small());
  for (std::size_t i = 0; i < network.size(); ++i) {
    const discv5::Table& table = network.node(i).protocol().table();
    EXPECT_EQ(table.live(), table.size());
    EXPECT_GE(table.size(), 55U);  // 16 each of 100, of 50, of 25, and those nearer
    std::size_t far = 0;
    for (const discv5::Contact& contact : table.all()) {
      if (discv5::log_distance(contact.id, network.node(i).id()) == 256) ++far;
    }
    EXPECT_EQ(far, 16U);
  }
}

TEST(KademliaNetwork, KnowsWhoIsNearestAndAnswers) {
  KademliaNetwork network(small());
  network.silence(0.5);
  const discv5::NodeId target = network.random_id();
  const auto nearest = network.nearest_alive(target, 16, network.node(0).id());
  ASSERT_EQ(nearest.size(), 16U);
  std::size_t nearer = 0;
  for (std::size_t i = 1; i < network.size(); ++i) {
    const auto& record = network.node(i).record();
    if (network.alive(*record) && !discv5::is_closer(target, nearest.back()->id(), record->id())) ++nearer;
  }
  EXPECT_EQ(nearer, 16U);
}

TEST(KademliaNetwork, LookupsFindTheNearest) {
  KademliaNetwork network(small());
  network.silence(0.05);
  LookupOptions options;
  options.lookups = 20;
  const LookupReport report = play_lookups(network, options);
  EXPECT_EQ(report.ended.size(), report.begun);
  EXPECT_LE(report.hops(0.5), 3);
  EXPECT_GE(report.recall, 0.9);
  EXPECT_DOUBLE_EQ(report.own, 1);
}

std::uint64_t fingerprint_of(std::uint64_t seed) {
  KademliaNetwork network(small(seed));
  LookupOptions options;
  options.lookups = 5;
  play_lookups(network, options);
  return network.fingerprint();
}

TEST(KademliaNetwork, TheSameSeedIsTheSameRun) {
  EXPECT_EQ(fingerprint_of(3), fingerprint_of(3));
  EXPECT_NE(fingerprint_of(3), fingerprint_of(4));
}

}  // namespace
}  // namespace opwire::sim
