// What a hostile peer tries at the door (lines H of the catalogue of bad input), and what it costs whom. Stalling at
// each stage (H1) and floods from many addresses (H2) are in upgrade_test.cpp, descriptors (H7) in tcp_swarm_test.cpp.
#include "opwire/p2p/noise/errors.hpp"
#include "opwire/p2p/swarm/errors.hpp"
#include "opwire/p2p/swarm/swarm_for_test.hpp"

namespace opwire::swarm {
namespace {

class PerimeterTest : public SimulatedNet {
 protected:
  void come_from(SimulatedHost& a, const char* remote) { a.transport->valve->comes_from = address(remote); }
  std::unique_ptr<Stream> open_raw(const Multiaddr& at) {
    transport::MemoryTransport transport(hub);
    Result<RawConnection> raw = loop.run(transport.dial(at, loop.now()));
    EXPECT_TRUE(raw);
    return std::move(raw->stream);
  }
  bool is_dropped(Stream& raw) {
    Scope scope(loop);
    std::optional<bool> dropped;
    scope.spawn(wait_for_end(raw, dropped));
    settle();
    scope.cancel();
    loop.run(scope.join());
    return dropped.value_or(false);
  }
  std::size_t count_dropped(const std::vector<std::unique_ptr<Stream>>& sockets) {
    std::size_t dropped = 0;
    for (const auto& socket : sockets) dropped += is_dropped(*socket);
    return dropped;
  }
  Result<std::string> ask_a(SimulatedHost& from, SimulatedHost& a) {
    return loop.run(ask_peer(*from.swarm, a.id, "/echo", "hello"));
  }

 private:
  static Task<void> wait_for_end(Stream& raw, std::optional<bool>& dropped) {
    const Result<Bytes> rest = co_await read_to_end(raw, 4096);
    dropped = rest || !rest.error().is(opwire::errors::kCancelled);
  }
};

// H2: they hold the places of one address and keep nobody else waiting, not even at first.
TEST_F(PerimeterTest, AThousandSilentSocketsOfOneAddress) {
  auto& a = host(1);
  come_from(a, "/ip4/1.2.3.4/tcp/5");
  std::vector<std::unique_ptr<Stream>> flood;
  for (int i = 0; i < 1000; ++i) {
    flood.push_back(open_raw(a.at));
    if (i % 100 == 99) loop.run_for(milliseconds(1));
  }
  come_from(a, "/ip4/5.6.7.8/tcp/5");
  auto& b = host(2);
  const TimePoint start = loop.now();
  EXPECT_TRUE(connect(b, a));
  EXPECT_LT(loop.now() - start, milliseconds(10));
  EXPECT_EQ(count_dropped(flood), 992u) << "all but eight, at once";
  EXPECT_EQ(a.swarm->counts().refused.at("connections_of_network"), 992u);
  loop.run_for(seconds(15));
  EXPECT_EQ(count_dropped(flood), 1000u);
  EXPECT_EQ(*ask_a(b, a), "hello");
}

// H3: what is over the rate is refused before it costs a handshake; who is connected, and other addresses, are not hit.
TEST_F(PerimeterTest, AConnectionPerSecondFromOneAddress) {
  auto& a = host(1);
  auto& b = host(2);
  come_from(a, "/ip4/5.6.7.8/tcp/5");
  ASSERT_TRUE(connect(b, a));
  int taken = 0;
  for (std::uint64_t i = 0; i < 100; ++i) {
    come_from(a, "/ip4/1.2.3.4/tcp/5");
    auto& attacker = host(100 + i);
    (void)connect(attacker, a);
    settle();
    taken += a.swarm->is_connected(attacker.id);
    attacker.swarm->disconnect(a.id);
    loop.run_for(milliseconds(900));
    EXPECT_LE(a.swarm->connections().size(), 3u);
  }
  EXPECT_GE(taken, 34);
  EXPECT_LE(taken, 37) << "sixteen, and one every five seconds";
  EXPECT_EQ(*ask_a(b, a), "hello");
  come_from(a, "/ip4/5.6.7.9/tcp/5");
  EXPECT_TRUE(connect(host(3), a));
}

// H4: an address of ours that we do not know as such: behind a NAT, or invented by whoever told us of the peer.
TEST_F(PerimeterTest, AnAddressThatLeadsBackToUs) {
  auto& a = host(1);
  const Multiaddr alias = address("/memory/1000");
  a.transport->aliases.emplace(alias, a.at);
  const Result<void> refused = connect(a, peer_of(2), alias);
  ASSERT_TRUE(!refused && refused.error().is(noise::errors::kWrongPeer));
  for (int i = 0; i < 100; ++i) (void)connect(a, peer_of(2), alias);
  EXPECT_EQ(a.transport->dialled.size(), 1u) << "the address is left alone";
  settle();
  EXPECT_TRUE(a.swarm->connections().empty());
  EXPECT_TRUE(a.recorder.events.empty());
}

// H6: the stream that finds no memory is reset. Its connection goes on, and so does everybody else's.
TEST_F(PerimeterTest, NoMemoryForAStreamCostsThatStreamOnly) {
  Complaints complaints;
  HostSetup tight;
  tight.events = &complaints;
  tight.options.limits.streams.bytes = 12 * tight.options.limits.bytes_per_stream;
  tight.options.limits.streams_per_peer.bytes = 8 * tight.options.limits.bytes_per_stream;
  auto& a = host(1, tight);
  auto& b = host(2);
  auto& c = host(3);
  ASSERT_TRUE(connect(b, a));
  ASSERT_TRUE(connect(c, a));
  std::vector<PeerStream> held;
  std::size_t reset = 0;
  for (int i = 0; i < 50; ++i) {
    Result<PeerStream> stream = loop.run(b.swarm->new_stream(a.id, {"/echo"}));
    if (stream) held.push_back(std::move(*stream));
    reset += !stream;
  }
  EXPECT_EQ(held.size(), 8u);
  EXPECT_EQ(reset, 42u);
  EXPECT_EQ(*loop.run(ask(std::move(held.back()), "hello")), "hello");
  EXPECT_EQ(*ask_a(c, a), "hello");
  EXPECT_TRUE(b.recorder.errors.empty());
  EXPECT_EQ(a.swarm->connected_peers().size(), 2u);
  held.clear();
  settle();
  EXPECT_EQ(*ask_a(b, a), "hello") << "there is memory again";
  EXPECT_TRUE(complaints.errors.empty()) << "our limits are held against nobody";
}

// H6: a connection that finds no place is the only one that is closed.
TEST_F(PerimeterTest, NoPlaceForAConnectionCostsThatConnectionOnly) {
  HostSetup few;
  few.options.limits.connections = {2, 8, 8};
  few.options.limits.connections_per_peer = {1, 8, 8};
  auto& a = host(1, few);
  auto& b = host(2);
  auto& c = host(3);
  ASSERT_TRUE(connect(b, a));
  (void)connect(host(2, HostSetup(), 1000), a);  // the same peer again
  settle();
  EXPECT_EQ(a.swarm->connections().size(), 1u);
  ASSERT_TRUE(connect(c, a));
  std::vector<std::unique_ptr<Stream>> more;
  for (int i = 0; i < 200; ++i) more.push_back(open_raw(a.at));
  EXPECT_EQ(count_dropped(more), 200u) << "without a handshake";
  EXPECT_EQ(a.swarm->connections().size(), 2u);
  EXPECT_EQ(*ask_a(b, a), "hello");
  EXPECT_EQ(*ask_a(c, a), "hello");
}

}  // namespace
}  // namespace opwire::swarm
