#include "opwire/opstack/reputation/gate.hpp"

#include <gtest/gtest.h>

#include "opwire/opstack/reputation/peers_for_test.hpp"

namespace opwire::opstack::reputation {
namespace {

constexpr auto kIn = Role::kListener;
constexpr auto kOut = Role::kDialer;

/// Refuses what it is told to, and knows how often it was asked.
struct Next final : ConnectionGater {
  bool allow = true;
  int asked = 0;
  bool answer() { return ++asked, allow; }
  bool allow_peer_dial(const PeerId&) override { return answer(); }
  bool allow_address_dial(const PeerId&, const Multiaddr&) override { return answer(); }
  bool allow_accept(const Multiaddr&) override { return answer(); }
  bool allow_secured(Role, const PeerId&, const Multiaddr&) override { return answer(); }
  bool allow_upgraded(Role, const PeerId&, const Multiaddr&) override { return answer(); }
};

struct GateTest : testing::Test {
  ManualClock clock{at(0)};
  BanBook bans;
  BlockList blocks;
  ScoreBook scores{{}};
  Next next;
  ReputationGate gate{clock, bans, blocks, scores, options()};

  PeerId bad = peer(1), good = peer(2), named = peer(3);
  Multiaddr address = Multiaddr::parse_text("/ip4/192.0.2.1/tcp/9222").value();
  Multiaddr home = Multiaddr::parse_text("/ip4/198.51.100.1/tcp/9222").value();  // of the static peer
  Multiaddr name = Multiaddr::parse_text("/dns4/example.org/tcp/9222").value();
  Ip ip = Ip::of(address).value();

  GateOptions options() {
    GateOptions made;
    made.is_static = [](const PeerId& who) { return who == peer(3); };
    made.is_static_address = [](const Ip& where) { return where == Ip::parse_text("198.51.100.1").value(); };
    made.least_score = -100;
    made.next = &next;
    return made;
  }
  void ban(const PeerId& who) { bans.peers.ban(who, at(60), "", std::nullopt, at(0)); }
  void ban(const Ip& where) { bans.ips.ban(where, at(60), "", std::nullopt, at(0)); }
  void pass_minute() { clock.advance(std::chrono::seconds(60)); }
};

TEST_F(GateTest, WhoIsUnknownIsLetInEverywhere) {
  EXPECT_TRUE(gate.allow_peer_dial(good));
  EXPECT_TRUE(gate.allow_address_dial(good, address));
  EXPECT_TRUE(gate.allow_accept(address));
  EXPECT_TRUE(gate.allow_secured(kIn, good, address));
  EXPECT_TRUE(gate.allow_secured(kOut, good, address));
  EXPECT_TRUE(gate.allow_upgraded(kIn, good, address));
  EXPECT_EQ(next.asked, 6);
}

TEST_F(GateTest, ABlockedPeerIsNeitherDialledNorLetIn) {
  EXPECT_TRUE(blocks.block_peer(bad));
  EXPECT_FALSE(gate.allow_peer_dial(bad));
  EXPECT_FALSE(gate.allow_secured(kIn, bad, address));
  EXPECT_TRUE(gate.allow_peer_dial(good));
  EXPECT_TRUE(gate.allow_secured(kIn, good, address));
  // Where op-node does not ask for the peer's block:
  EXPECT_TRUE(gate.allow_address_dial(bad, address));
  EXPECT_TRUE(gate.allow_secured(kOut, bad, address));
  EXPECT_FALSE(gate.allow_upgraded(kOut, bad, address)) << "where op-node does not, and a ban may come meanwhile";
}

TEST_F(GateTest, ABlockedAddressOrSubnetIsNeitherDialledNorAccepted) {
  EXPECT_TRUE(blocks.block_address(ip));
  EXPECT_FALSE(gate.allow_address_dial(good, address));
  EXPECT_FALSE(gate.allow_accept(address));
  EXPECT_TRUE(gate.allow_secured(kIn, good, address));
  EXPECT_TRUE(blocks.unblock_address(ip));
  EXPECT_TRUE(gate.allow_accept(address));
  EXPECT_TRUE(blocks.block_subnet(multiformats::IpNetwork::parse("192.0.2.0/24").value()));
  EXPECT_FALSE(gate.allow_address_dial(good, address));
  EXPECT_FALSE(gate.allow_accept(address));
}

TEST_F(GateTest, ABannedPeerWaitsUntilItsBanIsOver) {
  ban(bad);
  clock.advance(std::chrono::seconds(59));
  EXPECT_FALSE(gate.allow_peer_dial(bad));
  EXPECT_FALSE(gate.allow_address_dial(bad, address));
  EXPECT_FALSE(gate.allow_secured(kIn, bad, address));
  EXPECT_TRUE(gate.allow_secured(kOut, bad, address));  // we dialled it before it was banned
  EXPECT_EQ(gate.counts().peer_unbans, 0u);
  clock.advance(std::chrono::seconds(1));
  EXPECT_TRUE(gate.allow_secured(kIn, bad, address));
  EXPECT_TRUE(gate.allow_peer_dial(bad));
  EXPECT_EQ(gate.counts().peer_unbans, 1u);
  EXPECT_EQ(bans.peers.size(), 0u);
}

TEST_F(GateTest, ABannedAddressWaitsUntilItsBanIsOver) {
  ban(ip);
  EXPECT_FALSE(gate.allow_address_dial(good, address));
  EXPECT_FALSE(gate.allow_accept(address));
  EXPECT_FALSE(gate.allow_accept(Multiaddr::parse_text("/ip6/::ffff:192.0.2.1/tcp/1").value()));
  pass_minute();
  EXPECT_TRUE(gate.allow_accept(address));
  EXPECT_TRUE(gate.allow_address_dial(good, address));
  EXPECT_EQ(gate.counts().ip_unbans, 1u);
}

TEST_F(GateTest, WithBothBansOnlyThePeersIsAskedFor) {
  ban(bad);
  bans.ips.ban(ip, at(30), "", std::nullopt, at(0));
  clock.advance(std::chrono::seconds(30));
  EXPECT_FALSE(gate.allow_address_dial(bad, address));
  EXPECT_EQ(gate.counts().ip_unbans, 0u);
  pass_minute();
  EXPECT_TRUE(gate.allow_address_dial(bad, address));
  EXPECT_EQ(gate.counts().ip_unbans, 1u);
  EXPECT_EQ(gate.counts().peer_unbans, 1u);
}

TEST_F(GateTest, AnEndedPeerBanDoesNotOpenABannedAddress) {
  ban(ip);
  bans.peers.ban(bad, at(1), "", std::nullopt, at(0));
  clock.advance(std::chrono::seconds(2));
  EXPECT_FALSE(gate.allow_address_dial(bad, address));
  EXPECT_EQ(gate.counts().peer_unbans, 1u);
}

TEST_F(GateTest, WithoutAnIpNothingIsAccepted) {
  EXPECT_FALSE(gate.allow_accept(name));
  EXPECT_FALSE(gate.allow_address_dial(good, name));
  EXPECT_TRUE(gate.allow_address_dial(named, name));
}

TEST_F(GateTest, WhoLeftWithABadScoreDoesNotComeBack) {
  GossipScores gossip;
  gossip.total = -100;
  scores.set_gossip(bad, gossip, at(0));
  EXPECT_TRUE(gate.allow_peer_dial(bad));
  gossip.total = -100.5;
  scores.set_gossip(bad, gossip, at(0));
  EXPECT_FALSE(gate.allow_peer_dial(bad));
  EXPECT_FALSE(gate.allow_secured(kIn, bad, address));
  EXPECT_TRUE(gate.allow_secured(kOut, bad, address));
  EXPECT_EQ(gate.counts().score_refusals, 2u);
  clock.advance(std::chrono::seconds(1201));  // the record expires
  EXPECT_TRUE(gate.allow_secured(kIn, bad, address));
  EXPECT_EQ(gate.counts().score_refusals, 2u);
}

TEST_F(GateTest, WithoutAThresholdNoScoreKeepsAnybodyOut) {
  ReputationGate open(clock, bans, blocks, scores);
  GossipScores gossip;
  gossip.total = -1000;
  scores.set_gossip(bad, gossip, at(0));
  EXPECT_TRUE(open.allow_peer_dial(bad));
  EXPECT_TRUE(open.allow_secured(kIn, bad, address));
}

TEST_F(GateTest, NeitherBansNorScoresKeepAStaticPeerOut) {
  ban(named);
  ban(Ip::of(home).value());
  GossipScores gossip;
  gossip.total = -1000;
  scores.set_gossip(named, gossip, at(0));
  EXPECT_TRUE(gate.allow_peer_dial(named));
  EXPECT_TRUE(gate.allow_address_dial(named, home));
  EXPECT_TRUE(gate.allow_accept(home));
  EXPECT_TRUE(gate.allow_secured(kIn, named, home));
  EXPECT_TRUE(gate.allow_upgraded(kIn, named, home));
  EXPECT_TRUE(gate.admits(named, home));
}

TEST_F(GateTest, WhatTheOperatorBlocksHoldsForStaticPeersToo) {
  EXPECT_TRUE(blocks.block_peer(named));
  EXPECT_FALSE(gate.allow_peer_dial(named));
  EXPECT_FALSE(gate.allow_secured(kIn, named, home));
  EXPECT_TRUE(blocks.unblock_peer(named));
  EXPECT_TRUE(blocks.block_address(Ip::of(home).value()));
  EXPECT_FALSE(gate.allow_address_dial(named, home));
  EXPECT_FALSE(gate.allow_accept(home));
}

TEST_F(GateTest, AStandingConnectionIsAskedForAllAtOnce) {
  EXPECT_TRUE(gate.admits(good, address));
  EXPECT_TRUE(blocks.block_address(ip));
  EXPECT_FALSE(gate.admits(good, address));
  EXPECT_TRUE(blocks.unblock_address(ip));
  ban(bad);
  EXPECT_FALSE(gate.admits(bad, address));
  ban(ip);
  EXPECT_FALSE(gate.admits(good, address));
  EXPECT_TRUE(gate.admits(named, address));
  EXPECT_EQ(gate.counts().accepts_allowed + gate.counts().accepts_refused, 0u);
}

TEST_F(GateTest, WhoSharesAStaticPeersBannedAddressIsRefusedOnceItIsKnown) {
  EXPECT_TRUE(gate.allow_secured(kIn, good, home));
  ban(Ip::of(home).value());
  EXPECT_TRUE(gate.allow_accept(home));
  EXPECT_FALSE(gate.allow_secured(kIn, good, home));
  pass_minute();
  EXPECT_TRUE(gate.allow_secured(kIn, good, home));
}

TEST_F(GateTest, TheNextGaterIsAskedAtEveryHookThatIsNotRefused) {
  next.allow = false;
  EXPECT_FALSE(gate.allow_peer_dial(named));
  EXPECT_FALSE(gate.allow_address_dial(named, address));
  EXPECT_FALSE(gate.allow_accept(address));
  EXPECT_FALSE(gate.allow_secured(kIn, named, address));
  EXPECT_FALSE(gate.allow_secured(kOut, named, address));
  EXPECT_FALSE(gate.allow_upgraded(kOut, named, address));
  EXPECT_EQ(next.asked, 6);
  ban(bad);
  EXPECT_FALSE(gate.allow_peer_dial(bad));
  EXPECT_EQ(next.asked, 6);
}

TEST_F(GateTest, DialsAndAcceptsAreCounted) {
  ban(bad);
  gate.allow_peer_dial(good);
  gate.allow_address_dial(good, address);
  gate.allow_peer_dial(bad);
  gate.allow_accept(address);
  gate.allow_secured(kIn, good, address);
  gate.allow_secured(kOut, good, address);
  gate.allow_secured(kIn, bad, address);
  gate.allow_upgraded(kIn, good, address);
  const GateCounts counts = gate.counts();
  EXPECT_EQ(counts.dials_allowed, 2u);
  EXPECT_EQ(counts.dials_refused, 1u);
  EXPECT_EQ(counts.accepts_allowed, 3u);
  EXPECT_EQ(counts.accepts_refused, 1u);
}

TEST_F(GateTest, UnblockingAPeerEndsItsTimedBanAndCounts) {
  EXPECT_TRUE(blocks.block_peer(bad));
  ban(bad);
  gate.unblock_peer(bad);
  EXPECT_TRUE(gate.allow_peer_dial(bad));
  EXPECT_FALSE(bans.peers.find(bad, at(0)));
  gate.unblock_peer(good);  // op-node counts that too
  EXPECT_EQ(gate.counts().peer_unbans, 2u);
}

TEST_F(GateTest, UnblockingAnAddressLeavesItsTimedBan) {
  EXPECT_TRUE(blocks.block_address(ip));
  ban(ip);
  EXPECT_TRUE(blocks.unblock_address(ip));
  EXPECT_FALSE(gate.allow_accept(address));
}

}  // namespace
}  // namespace opwire::opstack::reputation
