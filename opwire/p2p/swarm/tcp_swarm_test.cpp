// Swarms on real sockets.
#include "opwire/p2p/swarm/swarm_for_test.hpp"

namespace opwire::swarm {
namespace {

struct TcpHost {
  TcpHost(Loop& loop, std::uint64_t seed, const char* at = "/ip4/127.0.0.1/tcp/0") : rng(seed), id(peer_of(seed)) {
    SwarmParts parts = make_parts(loop, seed, rng, std::make_unique<transport::TcpTransport>(loop));
    swarm = std::make_unique<Swarm>(loop, id, SwarmOptions(), std::move(parts));
    swarm->set_stream_handler("/echo", echo);
    const Result<void> listening = swarm->listen({address(at)});
    EXPECT_TRUE(listening) << listening.error().message();
  }
  SeededRng rng;
  PeerId id;
  std::unique_ptr<Swarm> swarm;
};

class TcpSwarm : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Addresses, TcpSwarm,
                         testing::Values("/ip4/127.0.0.1/tcp/0", "/ip6/::1/tcp/0", "/ip4/0.0.0.0/tcp/0"));

TEST_P(TcpSwarm, ConnectsAndEchoes) {
  ReactorLoop loop;
  TcpHost a(loop, 1);
  TcpHost b(loop, 2, GetParam());
  std::vector<Multiaddr> addresses = b.swarm->listen_addresses();
  ASSERT_FALSE(addresses.empty());
  const Result<void> connected = loop.run(a.swarm->connect(b.id, addresses));
  ASSERT_TRUE(connected) << connected.error().message();
  EXPECT_EQ(*loop.run(ask_peer(*a.swarm, b.id, "/echo", "hello")), "hello");
  EXPECT_TRUE(b.swarm->is_connected(a.id));
  loop.run(a.swarm->close());
  loop.run(b.swarm->close());
}

}  // namespace
}  // namespace opwire::swarm
