// Connections between swarms and what is told about them.
#include "opwire/p2p/swarm/errors.hpp"
#include "opwire/p2p/swarm/swarm_for_test.hpp"
#include "opwire/p2p/transport/errors.hpp"

namespace opwire::swarm {
namespace {

using SwarmTest = SimulatedNet;
using Events = std::vector<std::string>;

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
  EXPECT_EQ(a.swarm->peerstore().addresses(b.id), std::vector<Multiaddr>{b.at});
}

TEST_F(SwarmTest, MuxerByMultistreamWhenOneSideDoesNotNegotiateEarly) {
  HostSetup late;
  late.early_muxer = false;
  auto& a = host(1);
  auto& b = host(2, late);
  ASSERT_TRUE(connect(a, b));
  EXPECT_EQ(*loop.run(ask_peer(*a.swarm, b.id, "/echo", "hello")), "hello");
  EXPECT_EQ(a.swarm->connections().at(0).muxer, "/yamux/1.0.0");
}

TEST_F(SwarmTest, ConnectingToAConnectedPeerChangesNothing) {
  auto& a = host(1);
  auto& b = host(2);
  ASSERT_TRUE(connect(a, b));
  ASSERT_TRUE(connect(a, b));
  EXPECT_EQ(a.transport->dialled.size(), 1u);
}

TEST_F(SwarmTest, BothMayConnectToEachOther) {
  auto& a = host(1);
  auto& b = host(2);
  a.swarm->peerstore().add_addresses(b.id, {b.at}, kTemporaryTtl);
  b.swarm->peerstore().add_addresses(a.id, {a.at}, kTemporaryTtl);
  Scope scope(loop);
  scope.spawn([](Swarm& swarm, PeerId peer) -> Task<void> { (void)co_await swarm.connect(peer, {}); }(*a.swarm, b.id));
  scope.spawn([](Swarm& swarm, PeerId peer) -> Task<void> { (void)co_await swarm.connect(peer, {}); }(*b.swarm, a.id));
  loop.run(scope.join());
  settle();
  EXPECT_EQ(a.swarm->connections().size(), 2u);
  EXPECT_EQ(b.swarm->connections().size(), 2u);
  EXPECT_EQ(*loop.run(ask_peer(*a.swarm, b.id, "/echo", "hello")), "hello");
  EXPECT_EQ(std::count(a.recorder.events.begin(), a.recorder.events.end(), "peer connected outbound") +
                std::count(a.recorder.events.begin(), a.recorder.events.end(), "peer connected inbound"),
            1);
  a.swarm->disconnect(b.id);
  loop.run_for(seconds(3));
  EXPECT_EQ(a.recorder.events.back(), "peer disconnected");
  EXPECT_EQ(b.recorder.events.back(), "peer disconnected");
  EXPECT_EQ(std::count(a.recorder.events.begin(), a.recorder.events.end(), "peer disconnected"), 1);
}

TEST_F(SwarmTest, ObserversAreTold) {
  auto& a = host(1);
  auto& b = host(2);
  ASSERT_TRUE(connect(a, b));
  settle();
  EXPECT_EQ(a.recorder.events, (Events{"opened outbound", "peer connected outbound"}));
  EXPECT_EQ(b.recorder.events, (Events{"opened inbound", "peer connected inbound"}));
  a.swarm->disconnect(b.id);
  EXPECT_FALSE(a.swarm->is_connected(b.id)) << "at once";
  loop.run_for(seconds(3));
  EXPECT_EQ(a.recorder.events.size(), 4u);
  EXPECT_EQ(a.recorder.events[2], "closed outbound");
  EXPECT_EQ(a.recorder.events[3], "peer disconnected");
  EXPECT_EQ(b.recorder.events.back(), "peer disconnected");
  EXPECT_TRUE(a.recorder.errors.at(0).is(opwire::errors::kClosed));
}

TEST_F(SwarmTest, LocalChangesAndPeersProtocolsAreTold) {
  auto& a = host(1);
  const int before = a.recorder.local_changes;
  a.swarm->set_stream_handler("/x", echo);
  a.swarm->remove_stream_handler("/x");
  ASSERT_TRUE(a.swarm->listen({address("/memory/100")}));
  EXPECT_EQ(a.recorder.local_changes, before + 3);
  EXPECT_EQ(a.swarm->listen_addresses(), (std::vector<Multiaddr>{a.at, address("/memory/100")}));
  a.swarm->set_stream_handler("/a", echo);
  EXPECT_EQ(a.swarm->protocols(), (std::vector<std::string>{"/a", "/echo"}));
  auto& b = host(2);
  a.swarm->set_peer_protocols(b.id, {"/b"});
  EXPECT_TRUE(a.swarm->peerstore().protocols(b.id).empty()) << "not connected";
  ASSERT_TRUE(connect(a, b));
  a.swarm->set_peer_protocols(b.id, {"/b"});
  EXPECT_EQ(a.swarm->peerstore().protocols(b.id), std::vector<std::string>{"/b"});
}

TEST_F(SwarmTest, ConnectionsAreFoundByIdAndByPeer) {
  auto& a = host(1);
  auto& b = host(2);
  auto& c = host(3);
  EXPECT_TRUE(a.swarm->connected_peers().empty());
  ASSERT_TRUE(connect(a, b));
  ASSERT_TRUE(connect(c, a));
  std::vector<PeerId> peers = a.swarm->connected_peers();
  std::sort(peers.begin(), peers.end());
  std::vector<PeerId> expected{b.id, c.id};
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(peers, expected);
  const std::vector<ConnectionInfo> to_b = a.swarm->connections_to(b.id);
  ASSERT_EQ(to_b.size(), 1u);
  EXPECT_EQ(to_b[0].remote, b.at);
  EXPECT_EQ(a.swarm->connection(to_b[0].id)->peer, b.id);
  EXPECT_TRUE(a.swarm->connections_to(peer_of(4)).empty());
  a.swarm->disconnect(b.id);
  EXPECT_EQ(a.swarm->connected_peers(), std::vector<PeerId>{c.id}) << "it is being closed";
  loop.run_for(seconds(3));
  EXPECT_FALSE(a.swarm->connection(to_b[0].id));
}

TEST_F(SwarmTest, AStreamOverWhatStandsNeverDials) {
  auto& a = host(1);
  auto& b = host(2);
  std::vector<std::string> protocols{"/echo"};
  a.swarm->peerstore().add_addresses(b.id, {b.at}, kPermanentTtl);
  const auto refused = loop.run(a.swarm->new_stream_if_connected(b.id, protocols));
  EXPECT_TRUE(!refused && refused.error().is(errors::kNotConnected));
  EXPECT_TRUE(a.transport->dialled.empty());
  ASSERT_TRUE(connect(a, b));
  Result<PeerStream> stream = loop.run(a.swarm->new_stream_if_connected(b.id, protocols));
  ASSERT_TRUE(stream);
  EXPECT_EQ(*loop.run(ask(std::move(*stream), "hello")), "hello");
}

TEST_F(SwarmTest, ListenNamesWhatIsWrong) {
  auto& a = host(1);
  EXPECT_TRUE(a.swarm->listen({a.at}).error().is(transport::errors::kAddressInUse));
  EXPECT_TRUE(a.swarm->listen({address("/ip4/127.0.0.1/tcp/0")}).error().is(transport::errors::kUnsupported));
}

// Each hook of the gater refuses once.
class OneHook final : public ConnectionGater {
 public:
  bool allow_peer_dial(const PeerId&) override { return refuses != "peer dial"; }
  bool allow_address_dial(const PeerId&, const Multiaddr&) override { return refuses != "address dial"; }
  bool allow_accept(const Multiaddr&) override { return refuses != "accept"; }
  bool allow_secured(Role role, const PeerId&, const Multiaddr&) override {
    return refuses != std::string("secured ").append(to_string(role));
  }
  bool allow_upgraded(Role role, const PeerId&, const Multiaddr&) override {
    return refuses != std::string("upgraded ").append(to_string(role));
  }
  std::string refuses;
};

TEST_F(SwarmTest, EveryHookOfTheGaterRefuses) {
  OneHook gater;
  HostSetup gated;
  gated.gater = &gater;
  auto& a = host(1, gated);
  std::uint64_t next = 2;
  for (const char* hook : {"peer dial", "address dial", "secured outbound", "upgraded outbound"}) {
    auto& b = host(next++);
    gater.refuses = hook;
    const Result<void> refused = connect(a, b);
    EXPECT_TRUE(!refused && refused.error().is(errors::kGated)) << hook;
    EXPECT_FALSE(a.swarm->is_connected(b.id)) << hook;
    loop.run_for(seconds(1));
    EXPECT_FALSE(b.swarm->is_connected(a.id)) << hook;
    gater.refuses.clear();
    EXPECT_TRUE(connect(a, b)) << hook << ": no back-off after a refusal of our own";
  }
  for (const char* hook : {"accept", "secured inbound", "upgraded inbound"}) {
    auto& b = host(next++);
    gater.refuses = hook;
    (void)connect(b, a);
    loop.run_for(seconds(1));
    EXPECT_FALSE(b.swarm->is_connected(a.id)) << hook;
    EXPECT_FALSE(a.swarm->is_connected(b.id)) << hook;
    gater.refuses.clear();
    loop.run_for(minutes(6));
    EXPECT_TRUE(connect(b, a)) << hook;
  }
}

TEST_F(SwarmTest, ConnectionLimitsRefuseOnlyTheNewOne) {
  HostSetup few;
  few.options.limits.connections = {2, 2, 2};
  auto& a = host(1, few);
  auto& b = host(2);
  auto& c = host(3);
  auto& d = host(4);
  ASSERT_TRUE(connect(b, a));
  ASSERT_TRUE(connect(c, a));
  (void)connect(d, a);
  loop.run_for(seconds(1));
  EXPECT_FALSE(d.swarm->is_connected(a.id));
  EXPECT_EQ(a.swarm->connections().size(), 2u);
  const Result<void> outbound = connect(a, d);
  EXPECT_TRUE(!outbound && outbound.error().is(errors::kTooManyConnections));
  EXPECT_EQ(*loop.run(ask_peer(*b.swarm, a.id, "/echo", "hello")), "hello");
}

}  // namespace
}  // namespace opwire::swarm
