#include "opwire/multiformats/multiaddr.hpp"

#include <gtest/gtest.h>

#include <unordered_set>

#include "opwire/multiformats/vectors_for_test.hpp"

namespace opwire {
namespace {

using multiformats::unhex;

constexpr std::string_view kPeer = "16Uiu2HAmLhLvBoYaoZfaMUKuibM6ac163GwKY74c5kiSLg5KvLpY";
constexpr std::string_view kRelay = "QmaeANgBs1DTSxWSrPPtobgQuxW8XTfsS4ydbK4rCHzqxG";

Multiaddr address(std::string_view text) {
  return Multiaddr::parse_text(text).value();
}
PeerId peer(std::string_view text) {
  return PeerId::parse_text(text).value();
}

TEST(Multiaddr, LooksInside) {
  const Multiaddr a = address("/ip4/192.0.2.1/tcp/9222/p2p/" + std::string(kPeer));
  const auto components = a.components();
  ASSERT_EQ(components.size(), 3U);
  EXPECT_EQ(components[0].protocol, Protocol::kIp4);
  EXPECT_TRUE(equal(components[0].value, unhex("c0000201")));
  EXPECT_EQ(components[1].protocol, Protocol::kTcp);
  EXPECT_TRUE(equal(components[1].value, unhex("2406")));
  EXPECT_TRUE(equal(components[2].value, peer(kPeer).bytes()));
  EXPECT_TRUE(a.has(Protocol::kTcp));
  EXPECT_FALSE(a.has(Protocol::kUdp));
  EXPECT_EQ(a.tcp_port(), 9222);
  EXPECT_TRUE(equal(*a.ip(), unhex("c0000201")));
  EXPECT_EQ(a.peer_id(), peer(kPeer));
}

TEST(Multiaddr, FirstComponentOfAKind) {
  const Multiaddr a = address("/ip6/::1/tcp/1/ip4/10.0.0.1/tcp/2");
  EXPECT_EQ(a.tcp_port(), 1);
  EXPECT_EQ(a.ip()->size(), 16U);
}

TEST(Multiaddr, WhatIsAbsent) {
  const Multiaddr a = address("/dns4/example.org/udp/80");
  EXPECT_FALSE(a.ip());
  EXPECT_FALSE(a.tcp_port());
  EXPECT_FALSE(a.peer_id());
  EXPECT_FALSE(a.is_loopback());
  EXPECT_FALSE(a.is_private());
}

TEST(Multiaddr, OnlyTheFinalPeerCounts) {
  const std::string relay = "/ip4/192.0.2.1/tcp/1/p2p/" + std::string(kRelay) + "/p2p-circuit";
  EXPECT_FALSE(address(relay).peer_id());
  EXPECT_EQ(address(relay).without_peer(), address(relay));
  const Multiaddr through = address(relay + "/p2p/" + std::string(kPeer));
  EXPECT_EQ(through.peer_id(), peer(kPeer));
  EXPECT_EQ(through.without_peer(), address(relay));
  EXPECT_EQ(address(relay).with_peer(peer(kPeer)), through);
}

TEST(Multiaddr, ChangesItsPeer) {
  const Multiaddr bare = address("/ip4/192.0.2.1/tcp/1");
  const Multiaddr named = bare.with_peer(peer(kPeer));
  EXPECT_EQ(named.to_string(), "/ip4/192.0.2.1/tcp/1/p2p/" + std::string(kPeer));
  EXPECT_EQ(named.with_peer(peer(kRelay)).to_string(), "/ip4/192.0.2.1/tcp/1/p2p/" + std::string(kRelay));
  EXPECT_EQ(named.without_peer(), bare);
  EXPECT_EQ(bare.without_peer(), bare);
  const Multiaddr two = bare.with_peer(peer(kRelay)).with(Protocol::kP2p, peer(kPeer).bytes());
  EXPECT_EQ(two.without_peer(), bare.with_peer(peer(kRelay)));  // one at a time
  EXPECT_TRUE(address("/p2p/" + std::string(kPeer)).without_peer().empty());
}

TEST(Multiaddr, IsBuiltFromParts) {
  EXPECT_EQ(Multiaddr::ip_tcp(unhex("7f000001"), 9222), address("/ip4/127.0.0.1/tcp/9222"));
  EXPECT_EQ(Multiaddr::ip_tcp(unhex("00000000000000000000000000000001"), 0), address("/ip6/::1/tcp/0"));
  EXPECT_EQ(address("/dns/example.org").with(Protocol::kTls).with(Protocol::kSni, as_bytes("a.b")).with(Protocol::kWs),
            address("/dns/example.org/tls/sni/a.b/ws"));
}

TEST(Multiaddr, TheEmptyAddress) {
  EXPECT_TRUE(Multiaddr().empty());
  EXPECT_EQ(Multiaddr().to_string(), "/");
  EXPECT_TRUE(Multiaddr().components().empty());
  EXPECT_FALSE(Multiaddr().peer_id());
}

TEST(Multiaddr, Scope) {
  EXPECT_TRUE(address("/ip4/127.0.0.1/tcp/1").is_loopback());
  EXPECT_TRUE(address("/ip6/::1/tcp/1").is_loopback());
  EXPECT_TRUE(address("/ip6/::ffff:127.0.0.1/tcp/1").is_loopback());
  EXPECT_FALSE(address("/ip4/10.0.0.1/tcp/1").is_loopback());
  for (const auto* text :
       {"/ip4/127.0.0.1", "/ip4/10.0.0.1/tcp/1", "/ip6/::ffff:192.168.0.1/tcp/1", "/ip6zone/eth0/ip6/fe80::1/tcp/1"})
    EXPECT_TRUE(address(text).is_private()) << text;
  for (const auto* text : {"/ip4/8.8.8.8/tcp/1", "/ip6/2001:4860::1/tcp/1", "/ip6/::ffff:8.8.8.8/tcp/1"})
    EXPECT_FALSE(address(text).is_private()) << text;
}

TEST(Multiaddr, ComparesAndHashes) {
  EXPECT_EQ(address("/ip6/0:0::1/tcp/1"), address("/ip6/::1/tcp/1"));
  EXPECT_NE(address("/ip4/1.2.3.4/tcp/1"), address("/ip4/1.2.3.4/tcp/2"));
  const std::unordered_set<Multiaddr> set{address("/ip6/::1"), address("/ip6/0::1"), address("/ip6/::2")};
  EXPECT_EQ(set.size(), 2U);
}

}  // namespace
}  // namespace opwire
