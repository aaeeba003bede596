// Connections and streams between swarms, as they should go.
#include "opwire/p2p/multistream/errors.hpp"
#include "opwire/p2p/swarm/swarm_for_test.hpp"

namespace opwire::swarm {
namespace {

using SwarmTest = SimulatedNet;

TEST_F(SwarmTest, ConnectsAndCarriesStreamsBothWays) {
  auto& a = host(1);
  auto& b = host(2);
  ASSERT_TRUE(connect(a, b));
  settle();
  EXPECT_TRUE(a.swarm->is_connected(b.id));
  EXPECT_TRUE(b.swarm->is_connected(a.id));
  EXPECT_EQ(*loop.run(ask_peer(*a.swarm, b.id, "/echo", "one")), "one");
  EXPECT_EQ(*loop.run(ask_peer(*b.swarm, a.id, "/echo", "two")), "two");
  EXPECT_EQ(a.swarm->connections().size(), 1u);
}

TEST_F(SwarmTest, ConnectionsDescribeThemselves) {
  auto& a = host(1);
  auto& b = host(2);
  ASSERT_TRUE(connect(a, b));
  settle();
  const ConnectionInfo ours = a.swarm->connections().at(0);
  const ConnectionInfo theirs = b.swarm->connections().at(0);
  EXPECT_EQ(ours.peer, b.id);
  EXPECT_EQ(ours.role, Role::kDialer);
  EXPECT_EQ(ours.remote, b.at);
  EXPECT_EQ(ours.security, "/noise");
  EXPECT_EQ(ours.muxer, "/yamux/1.0.0");
  EXPECT_EQ(theirs.peer, a.id);
  EXPECT_EQ(theirs.role, Role::kListener);
  EXPECT_EQ(theirs.local, b.at);
  EXPECT_EQ(theirs.remote, ours.local);
  EXPECT_EQ(a.swarm->peerstore().key(b.id), key_of(2).public_key());
}

TEST_F(SwarmTest, MuxerByMultistreamWhenOneSideDoesNotNegotiateEarly) {
  auto& a = host(1);
  auto& b = host(2, SwarmOptions(), nullptr, false);
  ASSERT_TRUE(connect(a, b));
  EXPECT_EQ(*loop.run(ask_peer(*a.swarm, b.id, "/echo", "hello")), "hello");
  EXPECT_EQ(a.swarm->connections().at(0).muxer, "/yamux/1.0.0");
}

TEST_F(SwarmTest, NewStreamDialsKnownAddresses) {
  auto& a = host(1);
  auto& b = host(2);
  a.swarm->peerstore().add_addresses(b.id, {b.at}, kTemporaryTtl);
  EXPECT_EQ(*loop.run(ask_peer(*a.swarm, b.id, "/echo", "hello")), "hello");
}

}  // namespace
}  // namespace opwire::swarm
