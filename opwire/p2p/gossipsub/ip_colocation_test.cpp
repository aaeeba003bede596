#include "opwire/p2p/gossipsub/ip_colocation.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/score_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::from_ip;
using test::peer_id;
using test::TestScores;

class Addresses {
 public:
  explicit Addresses(std::size_t threshold = 1, std::vector<IpRange> exempt = {})
      : table(std::move(exempt), threshold, KeyedHash(1, 2)) {}
  IpColocation::Place enter(std::string_view ip) { return table.enter(from_ip(ip)); }
  /// Once so many peers have come from it.
  double excess_of(std::string_view ip, unsigned peers) {
    IpColocation::Place last;
    for (unsigned i = 0; i < peers; ++i) last = enter(ip);
    return table.excess_squared(last);
  }
  IpColocation table;
};

Bytes ip6_bytes(std::string_view ip) {
  return to_bytes(from_ip(ip).ip().value());
}

TEST(IpColocation, SquaresThePeersAboveTheThreshold) {
  EXPECT_EQ(Addresses(3).excess_of("1.2.3.4", 3), 0);
  EXPECT_EQ(Addresses(3).excess_of("1.2.3.4", 4), 1);
  EXPECT_EQ(Addresses(3).excess_of("1.2.3.4", 8), 25);
}

TEST(IpColocation, OtherAddressesDoNotMatter) {
  Addresses a;
  const auto alone = a.enter("1.2.3.4");
  EXPECT_EQ(a.excess_of("2.3.4.5", 3), 4);
  EXPECT_EQ(a.table.excess_squared(alone), 0);
}

TEST(IpColocation, LeavingFreesThePlace) {
  Addresses a;
  auto first = a.enter("2001:db8::1");
  auto second = a.enter("2001:db8::1");
  EXPECT_EQ(a.table.excess_squared(second), 2);
  a.table.leave(first);
  a.table.leave(first);
  EXPECT_EQ(a.table.excess_squared(second), 0);
  EXPECT_EQ(a.table.excess_squared(first), 0);
  auto third = a.enter("2001:db8::1");
  EXPECT_EQ(a.table.excess_squared(second), 2);
  a.table.leave(second);
  a.table.leave(third);
  EXPECT_EQ(a.table.size(), 0u);
}

TEST(IpColocation, Ip6CountsTheAddressAndItsSubnet) {
  Addresses a;
  const auto first = a.enter("2001:db8:0:1::1");
  const auto neighbour = a.enter("2001:db8:0:1::2");
  const auto elsewhere = a.enter("2001:db8:0:2::1");
  EXPECT_EQ(a.table.excess_squared(first), 1);
  EXPECT_EQ(a.table.excess_squared(neighbour), 1);
  EXPECT_EQ(a.table.excess_squared(elsewhere), 0);
  const auto same = a.enter("2001:db8:0:1::1");
  EXPECT_EQ(a.table.excess_squared(same), 1 + 4);
  EXPECT_EQ(a.table.excess_squared(neighbour), 4);
}

TEST(IpColocation, Ip4InIp6IsTheSameAddress) {
  Addresses a;
  a.enter("1.2.3.4");
  EXPECT_EQ(a.table.excess_squared(a.enter("::ffff:1.2.3.4")), 1);
  EXPECT_EQ(a.table.excess_squared(a.enter("::ffff:1.2.3.5")), 0);
}

TEST(IpColocation, LoopbackAndNamesNeverCount) {
  for (const char* ip : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_EQ(Addresses().excess_of(ip, 50), 0) << ip;
  }
  Addresses a;
  const auto name = a.table.enter(Multiaddr::parse_text("/dns4/example.org/tcp/1").value());
  a.table.enter(Multiaddr());
  EXPECT_EQ(a.table.excess_squared(name), 0);
  EXPECT_EQ(a.table.size(), 0u);
}

TEST(IpColocation, ExemptRangesNeverCount) {
  const std::vector<IpRange> exempt{{{2, 3, 0, 0}, 16}, {ip6_bytes("2001:db8::"), 48}, {ip6_bytes("2001:db9::7"), 128}};
  EXPECT_EQ(Addresses(1, exempt).excess_of("2.3.4.5", 5), 0);
  EXPECT_EQ(Addresses(1, exempt).excess_of("::ffff:2.3.4.5", 5), 0);
  EXPECT_EQ(Addresses(1, exempt).excess_of("2.4.4.5", 5), 16);
  EXPECT_EQ(Addresses(1, exempt).excess_of("2001:db8:0:5::1", 5), 0);
  // A single address says nothing of its subnet.
  EXPECT_EQ(Addresses(1, exempt).excess_of("2001:db9::7", 5), 16);
  EXPECT_EQ(Addresses(1, exempt).excess_of("2001:db9::8", 5), 32);
}

ScoreParams colocation_counts() {
  ScoreParams params;
  params.ip_colocation_weight = -1;
  return params;
}

TEST(ScoreIpColocation, CountsAgainstEachPeerOfTheAddress) {
  TestScores t(colocation_counts());
  t.connect(1, "1.2.3.4");
  for (unsigned i = 2; i <= 4; ++i) t.connect(i, "2.3.4.5");
  EXPECT_EQ(t.score(peer_id(1)), 0);
  for (unsigned i = 2; i <= 4; ++i) EXPECT_EQ(t.score(peer_id(i)), -4);
  EXPECT_EQ(t.snapshot(peer_id(2)).ip_colocation, 4);
}

TEST(ScoreIpColocation, ThoseWhoLeftCountWhileTheyAreRemembered) {
  ScoreParams params = colocation_counts();
  params.retain_score = std::chrono::seconds(10);
  TestScores t(params);
  t.connect(1, "1.2.3.4");
  t.connect(2, "1.2.3.4");
  t.disconnect(peer_id(2));
  EXPECT_EQ(t.score(peer_id(1)), -1);
  t.refresh(11);
  EXPECT_EQ(t.score(peer_id(1)), 0);
}

TEST(ScoreIpColocation, AnotherAddressReplacesTheFirst) {
  TestScores t(colocation_counts());
  t.connect(1, "1.2.3.4");
  t.connect(2, "1.2.3.4");
  t.connect(2, "2.3.4.5");
  EXPECT_EQ(t.score(peer_id(1)), 0);
  t.disconnect(peer_id(2));
  t.connect(2, "1.2.3.4");
  EXPECT_EQ(t.score(peer_id(1)), -1);
  t.connect(2, "1.2.3.4");
  EXPECT_EQ(t.score(peer_id(2)), -1);
}

}  // namespace
}  // namespace opwire::gossipsub
