// Swarms on real sockets.
#include "opwire/net/errors.hpp"
#include "opwire/net/no_descriptors_for_test.hpp"
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

class TcpSwarmTest : public testing::Test {
 protected:
  ~TcpSwarmTest() override {
    for (const auto& host : hosts_) loop.run(host->swarm->close());
  }
  TcpHost& host(std::uint64_t seed) { return *hosts_.emplace_back(std::make_unique<TcpHost>(loop, seed)); }
  Task<Result<void>> connect(TcpHost& from, TcpHost& to) {
    return from.swarm->connect(to.id, to.swarm->listen_addresses());
  }
  static Task<void> keep(Task<Result<void>> task, std::optional<Result<void>>& outcome) {
    outcome = co_await std::move(task);
  }

  ReactorLoop loop;

 private:
  std::vector<std::unique_ptr<TcpHost>> hosts_;
};

TEST_F(TcpSwarmTest, ManyPeersAtOnce) {
  constexpr std::uint64_t kPeers = 60;
  auto& center = host(1);
  Scope scope(loop);
  std::vector<std::optional<Result<void>>> outcomes(kPeers);
  for (std::uint64_t i = 0; i < kPeers; ++i) scope.spawn(keep(connect(host(100 + i), center), outcomes[i]));
  loop.run(scope.join());
  for (const auto& outcome : outcomes) EXPECT_TRUE(*outcome);
  EXPECT_EQ(center.swarm->connections().size(), kPeers);
}

TEST_F(TcpSwarmTest, SurvivesRunningOutOfDescriptors) {  // H7
  auto& a = host(1);
  auto& b = host(2);
  auto& c = host(3);
  ASSERT_TRUE(loop.run(connect(a, b)));
  {
    const net::NoDescriptors none;
    const Result<void> refused = loop.run(connect(c, b));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().system_error(), EMFILE);
    EXPECT_EQ(*loop.run(ask_peer(*a.swarm, b.id, "/echo", "hello")), "hello");
  }
  auto& d = host(4);
  EXPECT_TRUE(loop.run(connect(d, b)));
}

TEST_F(TcpSwarmTest, PortInUseNamesTheReason) {
  auto& a = host(1);
  auto& b = host(2);
  const Result<void> taken = b.swarm->listen(a.swarm->listen_addresses());
  ASSERT_FALSE(taken);
  EXPECT_TRUE(taken.error().is(net::errors::kListen));
  EXPECT_EQ(taken.error().system_error(), EADDRINUSE);
}

}  // namespace
}  // namespace opwire::swarm
