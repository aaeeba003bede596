// The rules of dialling that need no network: order of addresses, back-off; and what options make sense.
#include "opwire/p2p/swarm/address_rank.hpp"
#include "opwire/p2p/swarm/backoff.hpp"
#include "opwire/p2p/swarm/swarm_for_test.hpp"

namespace opwire::swarm {
namespace {

std::vector<Multiaddr> all(std::initializer_list<const char*> texts) {
  std::vector<Multiaddr> addresses;
  for (const char* text : texts) addresses.push_back(address(text));
  return addresses;
}

TEST(AddressRank, NearFirstThenFamiliesByTurns) {
  const auto ranked =
      rank_addresses(all({"/ip4/8.8.8.8/tcp/1", "/ip4/8.8.4.4/tcp/1", "/ip6/2600::1/tcp/1", "/ip4/10.0.0.1/tcp/1",
                          "/ip6/::1/tcp/1", "/ip4/127.0.0.1/tcp/1", "/ip4/192.168.1.1/tcp/1", "/memory/7"}),
                     64);
  EXPECT_EQ(ranked, all({"/memory/7", "/ip6/::1/tcp/1", "/ip4/127.0.0.1/tcp/1", "/ip4/10.0.0.1/tcp/1",
                         "/ip4/192.168.1.1/tcp/1", "/ip6/2600::1/tcp/1", "/ip4/8.8.8.8/tcp/1", "/ip4/8.8.4.4/tcp/1"}));
}

TEST(AddressRank, NoDuplicatesAndBounded) {
  EXPECT_EQ(rank_addresses(all({"/memory/1", "/memory/2", "/memory/1"}), 64), all({"/memory/1", "/memory/2"}));
  EXPECT_EQ(rank_addresses(all({"/memory/1", "/memory/2", "/memory/3"}), 2), all({"/memory/1", "/memory/2"}));
}

TEST(AddressRank, AddressesThatLeadNowhere) {
  for (const char* text :
       {"/ip4/0.0.0.0/tcp/1", "/ip4/224.0.0.1/tcp/1", "/ip4/255.255.255.255/tcp/1", "/ip4/169.254.1.1/tcp/1",
        "/ip6/::/tcp/1", "/ip6/fe80::1/tcp/1", "/ip6/ff02::1/tcp/1", "/ip4/1.2.3.4/tcp/0"}) {
    EXPECT_FALSE(is_dialable(address(text))) << text;
  }
  for (const char* text : {"/ip4/127.0.0.1/tcp/1", "/ip4/1.2.3.4/tcp/65535", "/ip6/fec0::1/tcp/1", "/memory/0"}) {
    EXPECT_TRUE(is_dialable(address(text))) << text;
  }
}

class Backoff : public testing::Test {
 protected:
  bool waiting() { return backoff.is_waiting(peer, at, now); }
  void fail() { backoff.on_failure(peer, at, now); }

  DialBackoff backoff{seconds(5), seconds(1), minutes(5)};
  PeerId peer = peer_of(1);
  Multiaddr at = address("/memory/1");
  TimePoint now{std::chrono::hours(1)};
};

TEST_F(Backoff, GrowsWithTheSquareOfFailuresUpToItsMaximum) {
  EXPECT_FALSE(waiting());
  for (const int expected : {5, 6, 9, 14, 21}) {
    fail();
    now += seconds(expected) - milliseconds(1);
    EXPECT_TRUE(waiting()) << expected;
    now += milliseconds(1);
    EXPECT_FALSE(waiting()) << expected;
  }
  for (int i = 0; i < 100; ++i) fail();
  now += minutes(5) - milliseconds(1);
  EXPECT_TRUE(waiting());
  now += milliseconds(1);
  EXPECT_FALSE(waiting());
}

TEST_F(Backoff, IsOfOneAddressOfOnePeer) {
  fail();
  EXPECT_FALSE(backoff.is_waiting(peer, address("/memory/2"), now));
  EXPECT_FALSE(backoff.is_waiting(peer_of(2), at, now));
  EXPECT_TRUE(waiting());
  backoff.clear(peer);
  EXPECT_FALSE(waiting());
}

TEST_F(Backoff, OldFailuresDoNotCount) {
  for (int i = 0; i < 10; ++i) fail();
  now += minutes(30);
  fail();
  now += seconds(5);
  EXPECT_FALSE(waiting());
}

TEST_F(Backoff, RemembersABoundedNumberOfAddresses) {
  fail();
  for (int i = 2; i < 200; ++i) backoff.on_failure(peer, address("/memory/" + std::to_string(i)), now);
  EXPECT_FALSE(waiting());
  EXPECT_TRUE(backoff.is_waiting(peer, address("/memory/199"), now));
}

TEST(SwarmOptions, DefaultsAreValidAndNonsenseIsNamed) {
  EXPECT_TRUE(SwarmOptions().validate());
  SwarmOptions options;
  options.upgrade_timeout = seconds(0);
  EXPECT_EQ(options.validate().error(), "upgrade_timeout must be positive");
  options = SwarmOptions();
  options.max_dials = 0;
  EXPECT_EQ(options.validate().error(), "max_dials must not be zero");
  options = SwarmOptions();
  options.close_grace = seconds(-1);
  EXPECT_EQ(options.validate().error(), "close_grace must not be negative");
  options = SwarmOptions();
  options.backoff_max = seconds(1);
  EXPECT_FALSE(options.validate());
}

}  // namespace
}  // namespace opwire::swarm
