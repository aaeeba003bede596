// How peers are dialled, in virtual time.
#include "opwire/net/dns.hpp"
#include "opwire/net/errors.hpp"
#include "opwire/p2p/noise/errors.hpp"
#include "opwire/p2p/swarm/errors.hpp"
#include "opwire/p2p/swarm/swarm_for_test.hpp"
#include "opwire/p2p/transport/errors.hpp"

namespace opwire::swarm {
namespace {

class DialerTest : public SimulatedNet {
 protected:
  using Outcome = std::optional<Result<void>>;

  static Task<void> keep_connect(Swarm& swarm, PeerId peer, std::vector<Multiaddr> addresses, Outcome& outcome) {
    outcome = co_await swarm.connect(peer, std::move(addresses));
  }
  Result<void> connect_by(SimulatedHost& from, const PeerId& peer, std::vector<Multiaddr> addresses) {
    return loop.run(from.swarm->connect(peer, std::move(addresses)));
  }
  std::vector<Multiaddr> silent_addresses(SimulatedHost& from, int count) {
    std::vector<Multiaddr> addresses;
    for (int i = 0; i < count; ++i) addresses.push_back(address("/memory/" + std::to_string(1000 + i)));
    from.transport->silent.insert(addresses.begin(), addresses.end());
    return addresses;
  }
};

bool failed_with(const Result<void>& result, const ErrorKind& kind) {
  return !result && result.error().is(kind);
}

TEST_F(DialerTest, SimultaneousDialsAreJoined) {
  auto& a = host(1);
  auto& b = host(2);
  Scope scope(loop);
  std::vector<Outcome> outcomes(5);
  for (Outcome& outcome : outcomes) scope.spawn(keep_connect(*a.swarm, b.id, {b.at}, outcome));
  loop.run(scope.join());
  for (const Outcome& outcome : outcomes) EXPECT_TRUE(*outcome);
  EXPECT_EQ(a.transport->dialled.size(), 1u);
  EXPECT_EQ(a.swarm->connections().size(), 1u);
}

TEST_F(DialerTest, AddressesAreTriedOneBesideTheOther) {
  auto& a = host(1);
  auto& b = host(2);
  std::vector<Multiaddr> addresses = silent_addresses(a, 2);
  addresses.insert(addresses.begin(), b.at);  // the last told is tried first
  const TimePoint start = loop.now();
  ASSERT_TRUE(connect_by(a, b.id, addresses));
  EXPECT_EQ(loop.now() - start, milliseconds(500));
  ASSERT_EQ(a.transport->dialled.size(), 3u);
  EXPECT_EQ(a.transport->dialled[1].first - start, milliseconds(250));
  EXPECT_EQ(a.transport->dialling, 0u) << "the others were given up";
}

TEST_F(DialerTest, AFailureBringsTheNextAddressForward) {
  auto& a = host(1);
  auto& b = host(2);
  const TimePoint start = loop.now();
  ASSERT_TRUE(connect_by(a, b.id, {b.at, address("/memory/77"), address("/memory/78")}));
  EXPECT_EQ(a.transport->dialled.size(), 3u);
  EXPECT_LT(loop.now() - start, milliseconds(250));
}

TEST_F(DialerTest, SilentAddressesTimeOut) {
  auto& a = host(1);
  const TimePoint start = loop.now();
  EXPECT_TRUE(failed_with(connect_by(a, peer_of(2), silent_addresses(a, 3)), opwire::errors::kTimeout));
  EXPECT_EQ(loop.now() - start, milliseconds(5500)) << "the last one's five seconds";
}

TEST_F(DialerTest, TheWholeDialTimesOut) {
  auto& a = host(1);
  const TimePoint start = loop.now();
  EXPECT_TRUE(failed_with(connect_by(a, peer_of(2), silent_addresses(a, 60)), opwire::errors::kTimeout));
  EXPECT_EQ(loop.now() - start, seconds(10));
  EXPECT_EQ(a.transport->dialling, 0u);
}

TEST_F(DialerTest, AtMostEightAddressesOfAPeerAtOnce) {
  HostSetup setup;
  setup.options.dial_stagger = milliseconds(0);
  auto& a = host(1, setup);
  (void)connect_by(a, peer_of(2), silent_addresses(a, 30));
  EXPECT_EQ(a.transport->most_dialling, 8u);
  EXPECT_EQ(a.transport->dialled.size(), 16u) << "the next eight after five seconds";
}

TEST_F(DialerTest, AtMostSoManyAddressesInAll) {
  HostSetup setup;
  setup.options.max_dials = 10;
  setup.options.dial_stagger = milliseconds(0);
  auto& a = host(1, setup);
  const std::vector<Multiaddr> addresses = silent_addresses(a, 8);
  Scope scope(loop);
  std::vector<Outcome> outcomes(3);
  for (std::uint64_t i = 0; i < 3; ++i) {
    scope.spawn(keep_connect(*a.swarm, peer_of(10 + i), addresses, outcomes[i]));
  }
  loop.run(scope.join());
  EXPECT_EQ(a.transport->most_dialling, 10u);
  for (const Outcome& outcome : outcomes) EXPECT_TRUE(failed_with(*outcome, opwire::errors::kTimeout));
}

TEST_F(DialerTest, FailedAddressesAreLeftAloneForAWhile) {
  auto& a = host(1);
  const Multiaddr nobody = address("/memory/77");
  EXPECT_TRUE(failed_with(connect_by(a, peer_of(2), {nobody}), transport::errors::kNoListener));
  EXPECT_TRUE(failed_with(connect_by(a, peer_of(2), {nobody}), errors::kBackoff));
  EXPECT_EQ(a.transport->dialled.size(), 1u);
  loop.run_for(seconds(5));
  EXPECT_TRUE(failed_with(connect_by(a, peer_of(2), {nobody}), transport::errors::kNoListener));
  loop.run_for(seconds(5));
  EXPECT_TRUE(failed_with(connect_by(a, peer_of(2), {nobody}), errors::kBackoff)) << "six seconds now";
  auto& b = host(2);
  ASSERT_TRUE(connect_by(a, b.id, {b.at})) << "an address that did not fail";
}

TEST_F(DialerTest, AnotherPeerAnswers) {  // N9
  auto& a = host(1);
  auto& b = host(2);
  EXPECT_TRUE(failed_with(connect(a, peer_of(3), b.at), noise::errors::kWrongPeer));
  EXPECT_TRUE(a.swarm->connections().empty());
  settle();
  EXPECT_TRUE(b.swarm->connections().empty());
}

TEST_F(DialerTest, TheErrorOfTheAddressThatGotFurthestIsTold) {
  auto& a = host(1);
  auto& b = host(2);
  EXPECT_TRUE(failed_with(connect_by(a, peer_of(3), {address("/memory/77"), b.at, address("/memory/78")}),
                          noise::errors::kWrongPeer));
}

TEST_F(DialerTest, NotOurselves) {  // N10, H4
  auto& a = host(1);
  EXPECT_TRUE(failed_with(connect(a, a.id, a.at), errors::kSelfDial));
  EXPECT_TRUE(failed_with(connect(a, peer_of(2), a.at), errors::kNoAddresses)) << "our own address";
  EXPECT_TRUE(a.transport->dialled.empty());
}

TEST_F(DialerTest, NothingToDial) {
  auto& a = host(1);
  EXPECT_TRUE(failed_with(connect_by(a, peer_of(2), {}), errors::kNoAddresses));
  EXPECT_TRUE(failed_with(connect(a, peer_of(2), address("/ip4/1.2.3.4/udp/1")), errors::kNoAddresses));
}

TEST_F(DialerTest, NewAddressesInAJoinedDialAreTriedToo) {
  auto& a = host(1);
  auto& b = host(2);
  Scope scope(loop);
  Outcome without;
  Outcome with;
  scope.spawn(keep_connect(*a.swarm, b.id, silent_addresses(a, 1), without));
  loop.run_for(seconds(1));
  scope.spawn(keep_connect(*a.swarm, b.id, {b.at}, with));
  loop.run(scope.join());
  EXPECT_TRUE(failed_with(*without, opwire::errors::kTimeout));
  EXPECT_TRUE(*with);
}

TEST_F(DialerTest, ACancelledWaiterDoesNotEndTheOthersDial) {
  auto& a = host(1);
  auto& b = host(2);
  std::vector<Multiaddr> addresses = silent_addresses(a, 1);
  addresses.insert(addresses.begin(), b.at);
  Scope first(loop);
  Scope second(loop);
  Outcome cancelled;
  Outcome kept;
  first.spawn(keep_connect(*a.swarm, b.id, addresses, cancelled));
  second.spawn(keep_connect(*a.swarm, b.id, addresses, kept));
  settle();
  first.cancel();
  loop.run(first.join());
  EXPECT_TRUE(failed_with(*cancelled, opwire::errors::kCancelled));
  loop.run(second.join());
  EXPECT_TRUE(*kept);
}

TEST_F(DialerTest, TheLastWaitersCancellationEndsTheDial) {
  auto& a = host(1);
  Scope scope(loop);
  Outcome cancelled;
  scope.spawn(keep_connect(*a.swarm, peer_of(2), silent_addresses(a, 1), cancelled));
  settle();
  EXPECT_EQ(a.transport->dialling, 1u);
  scope.cancel();
  loop.run(scope.join());
  settle();
  EXPECT_EQ(a.transport->dialling, 0u);
  auto& b = host(2);
  EXPECT_TRUE(connect(a, b)) << "and the peer can be dialled anew, without a back-off";
}

TEST_F(DialerTest, NamesAreResolvedAndTheirErrorsTold) {
  net::StaticResolver resolver;
  HostSetup setup;
  setup.resolver = &resolver;
  auto& a = host(1, setup);
  auto& b = host(2);
  resolver.add_text("_dnsaddr.boot.example", "dnsaddr=/memory/3/p2p/" + peer_of(3).to_string());
  resolver.add_text("_dnsaddr.boot.example", "dnsaddr=/memory/2/p2p/" + b.id.to_string());
  ASSERT_TRUE(connect(a, b.id, address("/dnsaddr/boot.example")));
  EXPECT_EQ(a.transport->dialled.size(), 1u);
  EXPECT_TRUE(failed_with(connect(a, peer_of(4), address("/dns4/nowhere.example/tcp/1")), net::errors::kResolve));
}

}  // namespace
}  // namespace opwire::swarm
