#include "opwire/sim/discovery/datagrams.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "opwire/discv5/service.hpp"
#include "opwire/net/errors.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::sim {
namespace {

using namespace std::chrono_literals;

net::Endpoint at(std::uint8_t last, std::uint16_t port = 9000) {
  return {ByteArray<4>{20, 1, 2, last}, port};
}

struct Ear final : DatagramReceiver {
  struct Heard {
    net::Endpoint from;
    Bytes bytes;
    TimePoint when;
  };
  void on_datagram(const net::Endpoint& from, ByteView datagram, TimePoint now) override {
    heard.push_back({from, to_bytes(datagram), now});
  }
  std::vector<Heard> heard;
};

struct DatagramNetTest : ::testing::Test {
  DatagramOptions options;
  SimulatedLoop loop;
};

TEST_F(DatagramNetTest, ArrivesAfterTheLatencyOfThePairBothWays) {
  options.links = LinkOptions(10ms, 100ms);
  DatagramNet network(loop, 1, options);
  Ear a, b;
  network.attach(at(1), a);
  network.attach(at(2), b);
  const TimePoint start = loop.now();
  network.send(at(1), at(2), Bytes{1, 2, 3});
  network.send(at(2), at(1), Bytes{4});
  EXPECT_EQ(network.in_flight(), 2U);
  loop.run_for(1s);
  ASSERT_EQ(b.heard.size(), 1U);
  ASSERT_EQ(a.heard.size(), 1U);
  EXPECT_EQ(b.heard[0].from, at(1));
  EXPECT_EQ(b.heard[0].bytes, (Bytes{1, 2, 3}));
  EXPECT_EQ(a.heard[0].when, b.heard[0].when);
  EXPECT_GE(b.heard[0].when - start, 10ms);
  EXPECT_LE(b.heard[0].when - start, 100ms);
  EXPECT_EQ(network.in_flight(), 0U);
}

TEST_F(DatagramNetTest, LosesAboutAsManyAsItIsTold) {
  options.loss = 0.25;
  DatagramNet network(loop, 1, options);
  Ear ear;
  network.attach(at(2), ear);
  for (int i = 0; i < 4000; ++i) network.send(at(1), at(2), Bytes{1});
  loop.run_for(1s);
  EXPECT_NEAR(static_cast<double>(network.counts().lost), 1000, 120);
  EXPECT_EQ(ear.heard.size() + network.counts().lost, 4000U);
}

TEST_F(DatagramNetTest, JitterMayChangeTheirOrder) {
  options.links = LinkOptions(10ms, 10ms, 50ms);
  DatagramNet network(loop, 1, options);
  Ear ear;
  network.attach(at(2), ear);
  for (std::uint8_t i = 0; i < 50; ++i) network.send(at(1), at(2), Bytes{i});
  loop.run_for(1s);
  ASSERT_EQ(ear.heard.size(), 50U);
  EXPECT_FALSE(std::ranges::is_sorted(ear.heard, {}, &Ear::Heard::bytes));
}

TEST_F(DatagramNetTest, ReachesNobodyWhoIsSilentAbsentOrParted) {
  DatagramNet network(loop, 1, options);
  Ear a, b;
  network.attach(at(1), a);
  network.attach(at(2), b);
  network.send(at(1), at(3), Bytes{1});
  network.send(at(1), at(2), Bytes{1});
  network.silence(at(2));  // on its way already
  network.send(at(2), at(1), Bytes{1});
  loop.run_for(1s);
  network.restore(at(2));
  network.partition({{at(2), 1}});
  network.send(at(1), at(2), Bytes{1});
  loop.run_for(1s);
  EXPECT_TRUE(a.heard.empty());
  EXPECT_TRUE(b.heard.empty());
  EXPECT_EQ(network.counts().unreachable, 4U);
  network.heal();
  network.send(at(1), at(2), Bytes{1});
  loop.run_for(1s);
  EXPECT_EQ(b.heard.size(), 1U);
}

TEST_F(DatagramNetTest, QueuesAreBounded) {
  options.max_in_flight = 10;
  options.socket_queue = 4;
  DatagramNet network(loop, 1, options);
  const auto socket = network.bind(at(2)).value();
  network.send(at(1), at(2), Bytes(1281));
  for (int i = 0; i < 20; ++i) network.send(at(1), at(2), Bytes{1});
  EXPECT_EQ(network.in_flight(), 10U);
  loop.run_for(1s);
  EXPECT_EQ(network.counts().overflown, 1U + 10U + 6U);
  EXPECT_EQ(loop.run(socket->receive())->size(), 4U);
}

TEST_F(DatagramNetTest, SocketsTakeEachPlaceOnceAndFreeItWhenTheyClose) {
  DatagramNet network(loop, 1, options);
  const auto first = network.bind(at(1)).value();
  EXPECT_TRUE(network.bind(at(1)).error().is(net::errors::kListen));
  const auto any = network.bind(at(1, 0)).value();
  EXPECT_NE(any->local().port, 0);
  first->close();
  EXPECT_TRUE(network.bind(at(1)));
}

TEST_F(DatagramNetTest, ClosingEndsAReceive) {
  DatagramNet network(loop, 1, options);
  const auto socket = network.bind(at(1)).value();
  loop.call_at(loop.now() + 1s, [&] { socket->close(); });
  EXPECT_TRUE(loop.run(socket->receive()).error().is(opwire::errors::kClosed));
  EXPECT_TRUE(loop.run(socket->receive()).error().is(opwire::errors::kClosed));
}

TEST_F(DatagramNetTest, CancellingEndsAReceive) {
  DatagramNet network(loop, 1, options);
  const auto socket = network.bind(at(1)).value();
  std::optional<Result<std::span<const net::Datagram>>> result;
  const auto receive = [](net::DatagramSocket& from, auto& into) -> Task<void> {
    into.emplace(co_await from.receive());
  };
  Scope scope(loop);
  scope.spawn(receive(*socket, result));
  loop.run_for(1s);
  scope.cancel();
  loop.run(scope.join());
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->error().is(opwire::errors::kCancelled));
}

std::uint64_t fingerprint_of(std::uint64_t seed, int datagrams) {
  SimulatedLoop loop;
  DatagramOptions options;
  options.loss = 0.1;
  DatagramNet network(loop, seed, options);
  Ear ear;
  network.attach(at(2), ear);
  for (int i = 0; i < datagrams; ++i) network.send(at(1), at(2), Bytes{1, 2});
  loop.run_for(1s);
  return network.fingerprint().value();
}

TEST_F(DatagramNetTest, TheFingerprintIsOfTheWholeCourse) {
  EXPECT_EQ(fingerprint_of(1, 20), fingerprint_of(1, 20));
  EXPECT_NE(fingerprint_of(1, 20), fingerprint_of(2, 20));
  EXPECT_NE(fingerprint_of(1, 20), fingerprint_of(1, 21));
}

// The shell of discv5 runs on it as on UDP.
TEST_F(DatagramNetTest, CarriesADiscv5Service) {
  DatagramNet network(loop, 1, options);
  SeededRng rng(7);
  const auto make = [&](std::uint8_t number) {
    discv5::ProtocolOptions of(Bytes(32, number));
    of.announced.ip4 = ByteArray<4>{20, 1, 2, number};
    of.announced.udp = 9000;
    of.find_nodes = false;
    auto service = discv5::Service::make(loop, rng, network.bind(at(number)).value(), std::move(of)).value();
    service->start();
    return service;
  };
  const auto a = make(1), b = make(2);
  const auto record = std::make_shared<discv5::NodeRecord>(b->local_record());
  const auto pong = loop.run(a->ping(discv5::contact_of(record, {}).value()));
  ASSERT_TRUE(pong);
  EXPECT_EQ(pong->ip, (Bytes{20, 1, 2, 1}));
  loop.run(a->close());
  loop.run(b->close());
}

}  // namespace
}  // namespace opwire::sim
