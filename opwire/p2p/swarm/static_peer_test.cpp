// Peers that the operator named are let in and dialled where others are refused.
#include "opwire/p2p/swarm/errors.hpp"
#include "opwire/p2p/swarm/swarm_for_test.hpp"
#include "opwire/p2p/transport/errors.hpp"

namespace opwire::swarm {
namespace {

class StaticPeerTest : public SimulatedNet {
 protected:
  // a holds so many connections at most; the static peer's address is known.
  SimulatedHost& full_host(const PeerId& static_peer) {
    HostSetup setup;
    setup.options.limits.connections = {2, 2, 2};
    auto& a = host(1, setup);
    come_from(a, "/ip4/1.2.3.4/tcp/50000");
    name(a, static_peer, "/ip4/1.2.3.4/tcp/9222");
    EXPECT_TRUE(connect(host(10), a));
    EXPECT_TRUE(connect(host(11), a));
    settle();
    return a;
  }
  void come_from(SimulatedHost& a, const char* remote) { a.transport->valve->comes_from = address(remote); }
  void name(SimulatedHost& a, const PeerId& peer, const char* at) {
    a.swarm->tags().protect(peer, kStaticTag);
    a.swarm->peerstore().add_addresses(peer, {address(at)}, kStaticTtl);
  }
  bool comes_in(SimulatedHost& peer, SimulatedHost& a) {
    (void)connect(peer, a);
    settle();
    return a.swarm->is_connected(peer.id);
  }
};

TEST_F(StaticPeerTest, IsLetInWhereThereIsNoRoom) {
  auto& a = full_host(peer_of(2));
  EXPECT_FALSE(comes_in(host(3), a)) << "at its address, but not it";
  EXPECT_TRUE(comes_in(host(2), a));
  EXPECT_EQ(a.swarm->connections().size(), 3u) << "the others stay";
}

TEST_F(StaticPeerTest, ElsewhereItIsRefusedBeforeAnyCryptography) {
  auto& a = full_host(peer_of(2));
  come_from(a, "/ip4/1.2.3.5/tcp/50000");
  EXPECT_FALSE(comes_in(host(2), a));
}

TEST_F(StaticPeerTest, IsDialledWhereThereIsNoRoom) {
  auto& a = full_host(peer_of(2));
  EXPECT_FALSE(connect(a, host(3)));
  EXPECT_TRUE(connect(a, host(2)));
}

TEST_F(StaticPeerTest, MayConnectAgainAndAgain) {
  auto& a = host(1);
  auto& b = host(2);
  come_from(a, "/ip6/::ffff:1.2.3.4/tcp/50000");
  name(a, b.id, "/ip4/1.2.3.4/tcp/9222");
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(comes_in(b, a)) << i;
    b.swarm->disconnect(a.id);
    loop.run_for(seconds(1));
  }
  EXPECT_FALSE(comes_in(host(3), a) && comes_in(host(4), a)) << "its address has opened too many";
}

TEST_F(StaticPeerTest, NoMoreConnectionsThanAnyPeer) {
  auto& a = full_host(peer_of(2));
  for (std::uint64_t i = 0; i < 20; ++i) {
    // Another swarm with the same key: one that is connected does not dial again.
    (void)connect(host(2, HostSetup(), 100 + i), a);
  }
  settle();
  EXPECT_EQ(a.swarm->connections_to(peer_of(2)).size(), 8u);
}

TEST_F(StaticPeerTest, NoBackoffAfterAFailedDial) {
  auto& a = host(1);
  a.swarm->tags().protect(peer_of(2), kStaticTag);
  for (int i = 0; i < 10; ++i) {
    const Result<void> refused = connect(a, peer_of(2), address("/memory/2"));
    ASSERT_TRUE(!refused && refused.error().is(transport::errors::kNoListener)) << i;
  }
  auto& b = host(2);
  EXPECT_TRUE(connect(a, b));
}

}  // namespace
}  // namespace opwire::swarm
