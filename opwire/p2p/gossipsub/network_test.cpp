#include "opwire/p2p/gossipsub/network_for_test.hpp"

#include <gtest/gtest.h>

namespace opwire::gossipsub {
namespace {

using test::kTopic;
using test::Network;
using test::noise;
using test::peer_id;
using namespace std::chrono_literals;

void add_nodes(Network& net, unsigned count, Version version = Version::kV12) {
  for (unsigned i = 0; i < count; ++i) net.add(version);
}

void expect_all_have(const Network& net, std::size_t messages) {
  for (unsigned i = 0; i < net.size(); ++i) EXPECT_EQ(net.received(i), messages) << "node " << i;
}

TEST(Network, MeshesSettleBetweenDloAndDhi) {
  Network net(1);
  add_nodes(net, 40);
  net.link_at_random(10);
  net.join_all();
  net.beat(10);
  for (unsigned i = 0; i < net.size(); ++i) {
    const auto mesh = net.router(i).mesh_peers(kTopic);
    EXPECT_GE(mesh.size(), 5u) << i;
    EXPECT_LE(mesh.size(), 12u) << i;
    for (const PeerId& peer : mesh) {
      const unsigned other = load_be<std::uint32_t>(peer.bytes().data() + 2);
      EXPECT_EQ(std::ranges::count(net.router(other).mesh_peers(kTopic), peer_id(i)), 1) << "mesh is one-sided";
    }
  }
  EXPECT_EQ(net.misbehaviour, 0u);
}

TEST(Network, EveryMessageReachesEveryNodeOnce) {
  Network net(2);
  add_nodes(net, 30);
  net.link_at_random(8);
  net.join_all();
  net.beat(5);
  for (unsigned i = 0; i < 20; ++i) {
    net.publish(i, noise(i % 2 == 0 ? 100 : 3000, i));
    net.beat();
  }
  expect_all_have(net, 20);
  EXPECT_EQ(net.misbehaviour, 0u);
}

// A node that rejoins too early for any mesh hears of messages by IHAVE alone.
TEST(Network, GossipServesWhoIsInNoMesh) {
  Network net(3);
  add_nodes(net, 12);
  for (unsigned a = 1; a < 12; ++a) {
    for (unsigned b = a + 1; b < 12; ++b) net.link(a, b);
  }
  for (unsigned peer = 1; peer <= 5; ++peer) net.link(0, peer);
  net.join_all();
  net.beat(5);
  net.router(0).unsubscribe(kTopic, net.now);
  net.settle();
  ASSERT_TRUE(net.router(0).subscribe(kTopic, net.now));
  net.settle();
  for (unsigned i = 1; i <= 5; ++i) {
    net.publish(5 + i, noise(3000, i));
    EXPECT_EQ(net.received(0), i - 1);
    net.beat();
    EXPECT_EQ(net.received(0), i) << "by gossip";
    EXPECT_TRUE(net.router(0).mesh_peers(kTopic).empty());
  }
  EXPECT_EQ(net.misbehaviour, 0u);
  net.beat(12);
  EXPECT_GE(net.router(0).mesh_peers(kTopic).size(), 5u);
  EXPECT_EQ(net.misbehaviour, 0u) << "back-off was not kept";
}

TEST(Network, LossIsRepairedByGossip) {
  Network net(4);
  add_nodes(net, 30);
  net.link_at_random(10);
  net.join_all();
  net.beat(5);
  net.message_loss = 0.5;
  for (unsigned i = 0; i < 10; ++i) {
    net.publish(i, noise(2000, i));
    net.beat();
  }
  net.beat(5);
  expect_all_have(net, 10);
}

TEST(Network, MixedVersions) {
  Network net(5);
  for (const Version version : {Version::kV12, Version::kV11, Version::kV10, Version::kFloodsub}) {
    add_nodes(net, 6, version);
  }
  net.link_at_random(6);
  net.join_all();
  net.beat(5);
  for (unsigned i = 0; i < net.size(); ++i) {
    net.publish(i, noise(2000, i));
    net.beat();
  }
  expect_all_have(net, net.size());
  EXPECT_EQ(net.misbehaviour, 0u);
}

TEST(Network, PublishingFromOutsideReachesThroughFanout) {
  Network net(6);
  add_nodes(net, 20);
  net.link_at_random(8);
  for (unsigned i = 1; i < net.size(); ++i) ASSERT_TRUE(net.router(i).subscribe(kTopic, net.now));
  net.beat(5);
  net.publish(0, noise(2000, 1));
  expect_all_have(net, 1);
}

TEST(Network, HealsAfterHalfTheLinksAreCut) {
  Network net(7);
  add_nodes(net, 24);
  net.link_at_random(10);
  net.join_all();
  net.beat(5);
  for (unsigned a = 0; a < 24; ++a) {
    for (unsigned b = a + 1; b < 24; ++b) {
      const auto peers = net.router(a).topic_peers(kTopic);
      if ((a + b) % 2 == 1 && std::ranges::count(peers, peer_id(b)) > 0) net.cut(a, b);
    }
  }
  net.link(0, 1);  // the only way between the even and the odd nodes
  net.settle();
  net.beat(70);
  net.publish(0, noise(2000, 1));
  net.publish(1, noise(2000, 2));
  net.beat(3);
  expect_all_have(net, 2);
}

TEST(Network, IdontwantSparesLargeCopies) {
  const auto copies = [](Version version) {
    Network net(8);
    add_nodes(net, 20, version);
    net.link_at_random(10);
    net.join_all();
    net.beat(5);
    net.publish(0, noise(10'000, 1));
    std::uint64_t queued = 0;
    for (unsigned i = 0; i < net.size(); ++i) queued += net.router(i).stats().messages_queued;
    expect_all_have(net, 1);
    return queued;
  };
  EXPECT_LT(copies(Version::kV12), copies(Version::kV11));
}

TEST(Network, SameSeedSameRun) {
  const auto run = [](std::uint64_t seed) {
    Network net(seed);
    add_nodes(net, 15);
    net.link_at_random(6);
    net.join_all();
    net.beat(3);
    for (unsigned i = 0; i < 5; ++i) net.publish(i, noise(2000, i));
    net.beat(3);
    return net.fingerprint;
  };
  EXPECT_EQ(run(9), run(9));
  EXPECT_NE(run(9), run(10));
}

}  // namespace
}  // namespace opwire::gossipsub
