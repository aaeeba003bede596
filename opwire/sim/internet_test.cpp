#include "opwire/sim/internet.hpp"

#include "opwire/net/errors.hpp"
#include "opwire/p2p/transport/errors.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/sim/internet_for_test.hpp"

namespace opwire::sim {
namespace {

const LinkOptions kTenMs(milliseconds(10), milliseconds(10));

Task<void> send(Stream& stream, Bytes bytes) {
  static_cast<void>(co_await write(stream, bytes));
}
Task<Result<Bytes>> read_n(Stream& stream, std::size_t n) {
  Bytes bytes(n);
  OPW_CO_TRYV(co_await read_exact(stream, bytes));
  co_return bytes;
}

TEST(Links, PairsDifferAndBothDirectionsAgree) {
  const Links links(1, {milliseconds(10), milliseconds(150)});
  std::set<Duration> seen;
  for (MachineId other = 1; other < 100; ++other) {
    const Duration way = links.latency(0, other);
    EXPECT_GE(way, milliseconds(10));
    EXPECT_LE(way, milliseconds(150));
    EXPECT_EQ(way, links.latency(other, 0));
    seen.insert(way);
  }
  EXPECT_GT(seen.size(), 95u);
  EXPECT_NE(links.latency(0, 1), Links(2, {milliseconds(10), milliseconds(150)}).latency(0, 1));
}

TEST(Internet, DialTakesARoundTripAndBytesTakeOneWay) {
  SmallInternet net(kTenMs);
  TimePoint start = net.loop.now();
  Connected ends = net.connect();
  EXPECT_EQ(net.loop.now() - start, milliseconds(20));
  start = net.loop.now();
  ASSERT_TRUE(net.loop.run(write(*ends.dialler, as_bytes("hello"))));
  EXPECT_EQ(net.loop.now(), start) << "a write does not wait for the other side";
  EXPECT_EQ(as_text(*net.loop.run(ends.listener->read(10))), "hello");
  EXPECT_EQ(net.loop.now() - start, milliseconds(10));
  EXPECT_EQ(net.internet.traffic(0).sent, 5u);
  EXPECT_EQ(net.internet.traffic(1).received, 5u);
}

TEST(Internet, AddressesAreReal) {
  SmallInternet net;
  const Result<RawConnection> ours = net.dial(0, 1);
  const Result<RawConnection> theirs = net.loop.run(net.listeners[1]->accept());
  EXPECT_EQ(ours->remote.to_string(), "/ip4/10.0.0.2/tcp/9000");
  EXPECT_EQ(theirs->local, ours->remote);
  EXPECT_EQ(theirs->remote, ours->local);
  EXPECT_EQ(to_bytes(*theirs->remote.ip()), (Bytes{10, 0, 0, 1}));
  Transport& transport = *net.transports[0];
  EXPECT_TRUE(transport.can_dial(Multiaddr::parse_text("/ip4/1.2.3.4/tcp/5").value()));
  EXPECT_FALSE(transport.can_dial(Multiaddr::parse_text("/ip4/1.2.3.4/tcp/5/ws").value()));
  EXPECT_FALSE(transport.can_dial(Multiaddr::parse_text("/memory/5").value()));
}

TEST(Internet, MachinesMayShareAnIp) {
  SmallInternet net(kTenMs);
  const MachineId third = net.internet.add_machine({10, 0, 0, 2});
  const auto transport = net.internet.make_transport(third);
  EXPECT_FALSE(transport->listen(net.internet.address(third, 9000))) << "its neighbour's port";
  const auto listener = transport->listen(net.internet.address(third, 0)).value();
  const auto dialled = net.loop.run(net.transports[0]->dial(listener->local(), net.loop.now() + seconds(5)));
  ASSERT_TRUE(dialled);
  EXPECT_TRUE(net.loop.run(listener->accept()));
}

TEST(Internet, ListensAtItsOwnFreePlacesOnly) {
  SmallInternet net;
  const auto taken = net.transports[0]->listen(net.internet.address(0, 9000));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().system_error(), EADDRINUSE);
  const auto foreign = net.transports[0]->listen(net.internet.address(1, 1));
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().system_error(), EADDRNOTAVAIL);
  const auto other = net.transports[0]->listen(Multiaddr::parse_text("/memory/1").value());
  ASSERT_FALSE(other);
  EXPECT_TRUE(other.error().is(transport::errors::kUnsupported));
}

TEST(Internet, ClosedPortRefusesAndEmptyAddressIsSilent) {
  SmallInternet net(kTenMs);
  const TimePoint start = net.loop.now();
  const auto refused = net.loop.run(net.transports[0]->dial(net.internet.address(1, 1), start + seconds(5)));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is(net::errors::kConnect));
  EXPECT_EQ(net.loop.now() - start, milliseconds(20));
  const Multiaddr nobody = Multiaddr::parse_text("/ip4/10.9.9.9/tcp/1").value();
  const auto silent = net.loop.run(net.transports[0]->dial(nobody, start + seconds(5)));
  ASSERT_FALSE(silent);
  EXPECT_TRUE(silent.error().is(opwire::errors::kTimeout));
  EXPECT_EQ(net.loop.now() - start, seconds(5));
}

TEST(Internet, LinesAreSerialAndShared) {
  SmallInternet net(kTenMs, {1'000'000, 500'000}, 3);
  Connected one = net.connect(0, 1);
  Connected two = net.connect(0, 2);
  const TimePoint start = net.loop.now();
  Scope scope(net.loop);
  scope.spawn(send(*one.dialler, Bytes(50'000)));
  scope.spawn(send(*two.dialler, Bytes(50'000)));
  ASSERT_TRUE(net.loop.run(read_n(*one.listener, 50'000)));
  EXPECT_EQ(net.loop.now() - start, milliseconds(50 + 10 + 100)) << "up, way, down";
  ASSERT_TRUE(net.loop.run(read_n(*two.listener, 50'000)));
  EXPECT_EQ(net.loop.now() - start, milliseconds(100 + 10 + 100)) << "behind the first one's bytes";
  net.loop.run(scope.join());
}

TEST(Internet, WindowAndDistanceLimitTheRate) {
  SmallInternet net(kTenMs);
  Connected ends = net.connect();
  const TimePoint start = net.loop.now();
  Scope scope(net.loop);
  scope.spawn(send(*ends.dialler, Bytes(3 * kWindow)));
  ASSERT_TRUE(net.loop.run(read_n(*ends.listener, 3 * kWindow)));
  EXPECT_EQ(net.loop.now() - start, milliseconds(10 + 20 + 20)) << "a window per round trip";
  net.loop.run(scope.join());
}

TEST(Internet, CutTellsBothEnds) {
  SmallInternet net(kTenMs);
  Connected ends = net.connect();
  ASSERT_TRUE(net.loop.run(write(*ends.dialler, as_bytes("lost"))));
  net.internet.cut(0, Loss::kReset);
  EXPECT_TRUE(net.wait(*ends.dialler).error().is(opwire::errors::kReset));
  EXPECT_TRUE(net.wait(*ends.listener).error().is(opwire::errors::kReset));
  ends = {};
  EXPECT_EQ(net.internet.connection_count(), 0u);
}

TEST(Internet, CutForgetsAConnectionWithoutSockets) {
  SmallInternet net(kTenMs);
  Connected ends = net.connect();
  ends = {};
  EXPECT_EQ(net.internet.connection_count(), 1u) << "the resets are on their way";
  EXPECT_EQ(net.internet.standing_count(), 0u);
  net.internet.partition({{0, 1}}, Partition::kBreak);
  EXPECT_EQ(net.internet.connection_count(), 0u);
}

TEST(Internet, OnlyStandingConnectionsAreCut) {
  SmallInternet net(kTenMs);
  const Connected first = net.connect();
  const Connected second = net.connect();
  const Connected third = net.connect();
  net.internet.cut(0, Loss::kReset);
  net.internet.cut(0, Loss::kSilent);
  EXPECT_EQ(net.internet.standing_count(), 1u);
  net.internet.cut(0, Loss::kReset);
  EXPECT_TRUE(net.wait(*third.dialler).error().is(opwire::errors::kReset));
  EXPECT_EQ(net.internet.standing_count(), 0u);
}

TEST(Internet, SilentCutTellsNobody) {
  SmallInternet net(kTenMs);
  Connected ends = net.connect();
  net.internet.cut(0, Loss::kSilent);
  ASSERT_TRUE(net.loop.run(write(*ends.dialler, as_bytes("lost"))));
  Scope scope(net.loop);
  bool woken = false;
  scope.spawn([](Stream& stream, bool& done) -> Task<void> {
    static_cast<void>(co_await stream.wait_readable());
    done = true;
  }(*ends.listener, woken));
  net.loop.run_for(seconds(100));
  EXPECT_FALSE(woken);
  scope.cancel();
  net.loop.run(scope.join());
}

TEST(Internet, KernelOfACrashedProcessTellsTheOthers) {
  SmallInternet net(kTenMs);
  Connected ends = net.connect();
  ASSERT_TRUE(net.loop.run(write(*ends.dialler, as_bytes("before"))));
  net.loop.run_for(milliseconds(1));
  net.internet.crash(0, Loss::kReset);
  EXPECT_TRUE(net.wait(*ends.dialler).error().is(opwire::errors::kReset)) << "it does not run any more";
  const TimePoint start = net.loop.now();
  EXPECT_EQ(as_text(*net.loop.run(ends.listener->read(10))), "before") << "was on its way";
  EXPECT_TRUE(net.wait(*ends.listener).error().is(opwire::errors::kReset));
  EXPECT_EQ(net.loop.now() - start, milliseconds(10));
}

TEST(Internet, CrashedMachineIsSilentAndKnowsNothingWhenItReturns) {
  SmallInternet net(kTenMs);
  Connected ends = net.connect();
  net.internet.crash(0, Loss::kSilent);
  net.loop.run_for(seconds(1));
  ASSERT_TRUE(net.loop.run(write(*ends.listener, as_bytes("anybody there?")))) << "nothing was noticed";
  net.loop.run_for(seconds(1));
  const auto dialled = net.dial(1, 0);
  ASSERT_FALSE(dialled);
  EXPECT_TRUE(dialled.error().is(opwire::errors::kTimeout));
  net.internet.boot(0);
  const TimePoint asked = net.loop.now();
  ASSERT_TRUE(net.loop.run(write(*ends.listener, as_bytes("and now?"))));
  EXPECT_TRUE(net.wait(*ends.listener).error().is(opwire::errors::kReset));
  EXPECT_EQ(net.loop.now() - asked, milliseconds(20)) << "there and back";
  net.listeners[0].reset();
  net.listeners[0] = net.transports[0]->listen(net.internet.address(0, 9000)).value();
  EXPECT_TRUE(net.dial(1, 0)) << "the same address";
}

TEST(Internet, HeldPacketsArriveWhenAPartitionIsHealed) {
  SmallInternet net(kTenMs);
  Connected ends = net.connect();
  ASSERT_TRUE(net.loop.run(write(*ends.dialler, as_bytes("one"))));
  net.internet.partition({{1, 1}}, Partition::kHold);
  ASSERT_TRUE(net.loop.run(write(*ends.dialler, as_bytes("two"))));
  net.loop.run_for(seconds(20));
  EXPECT_FALSE(net.dial(0, 1));
  net.internet.heal();
  const TimePoint start = net.loop.now();
  EXPECT_EQ(as_text(*net.loop.run(read_n(*ends.listener, 6))), "onetwo");
  EXPECT_EQ(net.loop.now() - start, milliseconds(10));
  EXPECT_TRUE(net.dial(0, 1));
}

TEST(Internet, PartitionThatBreaksResetsWhatCrossesItOnly) {
  SmallInternet net(kTenMs, {}, 3);
  Connected across = net.connect(0, 1);
  Connected within = net.connect(0, 2);
  net.internet.partition({{0, 1}, {2, 1}}, Partition::kBreak);
  EXPECT_TRUE(net.wait(*across.listener).error().is(opwire::errors::kReset));
  ASSERT_TRUE(net.loop.run(write(*within.dialler, as_bytes("x"))));
  EXPECT_TRUE(net.wait(*within.listener));
}

TEST(Internet, FingerprintTellsRunsApart) {
  const auto run = [](std::string_view text, Duration way) {
    SmallInternet net({way, way});
    Connected ends = net.connect();
    EXPECT_TRUE(net.loop.run(write(*ends.dialler, as_bytes(text))));
    net.loop.run_for(seconds(1));
    return net.internet.fingerprint().value();
  };
  EXPECT_EQ(run("a", milliseconds(1)), run("a", milliseconds(1)));
  EXPECT_NE(run("a", milliseconds(1)), run("b", milliseconds(1)));
  EXPECT_NE(run("a", milliseconds(1)), run("a", milliseconds(2)));
}

}  // namespace
}  // namespace opwire::sim
