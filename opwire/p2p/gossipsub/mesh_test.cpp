#include "opwire/p2p/gossipsub/mesh.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/errors.hpp"
#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::kTopic;
using test::peer_id;
using test::Rpc;
using test::TestRouter;
using namespace std::chrono_literals;

unsigned blame(TestRouter& t, const ErrorKind& kind) {
  unsigned count = 0;
  for (const auto& action : t.take<Misbehaviour>()) count += action.error.is(kind) ? action.count : 0;
  return count;
}

TEST(Mesh, JoiningGraftsUpToD) {
  TestRouter t;
  t.connect_subscribed(0, 20);
  t.join();
  EXPECT_EQ(t.router.mesh_peers(kTopic).size(), 6u);
  for (const PeerId& peer : t.router.mesh_peers(kTopic)) {
    const auto sent = t.sent(peer);
    EXPECT_EQ(sent.graft, std::vector{kTopic});
    EXPECT_EQ(sent.subscriptions.size(), 1u);
  }
  EXPECT_EQ(t.take<MeshChange>().size(), 6u);
}

TEST(Mesh, LeavingPrunesWithTheShorterBackoff) {
  TestRouter t;
  t.connect_subscribed(0, 6);
  t.connect_subscribed(6, 1, Version::kV10);
  t.join();
  for (unsigned i = 0; i < 7; ++i) t.rpc(peer_id(i), Rpc().graft(kTopic));
  t.drop_output();
  t.router.unsubscribe(kTopic, t.now);
  for (unsigned i = 0; i < 7; ++i) {
    const auto sent = t.sent(peer_id(i));
    ASSERT_EQ(sent.prune.size(), 1u);
    EXPECT_EQ(sent.prune[0].backoff, i == 6 ? 0u : 10u);
    EXPECT_EQ(sent.subscriptions, (std::vector<std::pair<std::string, bool>>{{kTopic, false}}));
  }
  // Rejoining at once: nobody is grafted before the back-off and its slack have passed.
  t.join();
  EXPECT_TRUE(t.router.mesh_peers(kTopic).empty());
  for (int i = 0; i < 11; ++i) t.beat();
  EXPECT_TRUE(t.router.mesh_peers(kTopic).empty());
  t.beat();
  EXPECT_EQ(t.router.mesh_peers(kTopic).size(), 6u);
}

TEST(Mesh, RefillsBelowDlo) {
  TestRouter t;
  t.join();
  t.connect_subscribed(0, 4);
  t.beat();
  EXPECT_EQ(t.router.mesh_peers(kTopic).size(), 4u);
  t.connect_subscribed(4, 10);
  t.beat();
  EXPECT_EQ(t.router.mesh_peers(kTopic).size(), 6u);
}

TEST(Mesh, TrimsFromDhiToDAndKeepsOutboundPeers) {
  TestRouter t;
  t.join();
  t.connect_subscribed(0, 10);
  t.connect_subscribed(10, 2, Version::kV12, true);
  for (unsigned i = 0; i < 12; ++i) t.rpc(peer_id(i), Rpc().graft(kTopic));
  t.drop_output();
  ASSERT_EQ(t.router.mesh_peers(kTopic).size(), 12u);
  t.beat();
  const auto mesh = t.router.mesh_peers(kTopic);
  EXPECT_EQ(mesh.size(), 6u);
  EXPECT_TRUE(std::ranges::count(mesh, peer_id(10)) == 1 && std::ranges::count(mesh, peer_id(11)) == 1);
  unsigned pruned = 0;
  for (unsigned i = 0; i < 10; ++i) {
    const auto sent = t.sent(peer_id(i));
    for (const auto& prune : sent.prune) EXPECT_EQ(prune.backoff, 60u);
    pruned += sent.prune.size();
  }
  EXPECT_EQ(pruned, 6u);
}

TEST(Mesh, TopsUpOutboundPeers) {
  TestRouter t;
  t.join();
  t.connect_subscribed(0, 6);
  t.beat();
  t.connect_subscribed(6, 3, Version::kV12, true);
  t.beat();
  EXPECT_EQ(t.router.mesh_peers(kTopic).size(), 8u);
}

TEST(Mesh, FloodsubPeersStayOutside) {
  TestRouter t;
  t.connect_subscribed(0, 6, Version::kFloodsub);
  t.join();
  t.beat();
  t.rpc(peer_id(0), Rpc().graft(kTopic));
  EXPECT_TRUE(t.router.mesh_peers(kTopic).empty());
}

TEST(Graft, IsAcceptedBelowDhiAndFromOutboundPeersBeyond) {
  TestRouter t;
  t.join();
  t.connect_subscribed(0, 14);
  t.connect_subscribed(14, 1, Version::kV12, true);
  for (unsigned i = 0; i < 15; ++i) t.rpc(peer_id(i), Rpc().graft(kTopic));
  const auto mesh = t.router.mesh_peers(kTopic);
  EXPECT_EQ(mesh.size(), 13u);
  EXPECT_EQ(std::ranges::count(mesh, peer_id(14)), 1);
  EXPECT_EQ(t.sent(peer_id(13)).prune.at(0).backoff, 60u);
  EXPECT_EQ(blame(t, errors::kGraftInBackoff), 0u);
}

// G2: silence is the answer, and nothing is remembered.
TEST(Graft, OfUnknownTopicsIsIgnored) {
  TestRouter t;
  t.join();
  const PeerId peer = t.connect(1);
  t.drop_output();
  Rpc rpc;
  for (int i = 0; i < 20'000; ++i) rpc.graft("/unknown/" + std::to_string(i));
  t.rpc(peer, rpc);
  EXPECT_TRUE(t.sent(peer).empty());
  EXPECT_EQ(t.router.topics(), std::vector{kTopic});
  EXPECT_EQ(t.router.stats().entries_passed_over, 15'000u);
  EXPECT_TRUE(t.take<Misbehaviour>().empty());
}

TEST(Graft, AgainWhileInTheMeshDoesNothing) {
  TestRouter t;
  t.join();
  t.connect_subscribed(0, 1);
  t.drop_output();
  t.rpc(peer_id(0), Rpc().graft(kTopic).graft(kTopic));
  t.rpc(peer_id(0), Rpc().graft(kTopic));
  EXPECT_TRUE(t.sent(peer_id(0)).empty());
  EXPECT_EQ(t.router.mesh_peers(kTopic).size(), 1u);
}

// G3, at three times: within the flood window the fault counts twice, later once, after the end not at all.
TEST(Graft, DuringBackoff) {
  TestRouter t;
  t.join();
  const PeerId peer = t.connect_subscribed(0, 1)[0];
  t.rpc(peer, Rpc().prune(kTopic, 60));
  t.drop_output();

  t.now += 5s;
  t.rpc(peer, Rpc().graft(kTopic));
  EXPECT_EQ(blame(t, errors::kGraftInBackoff), 2u);
  EXPECT_EQ(t.sent(peer).prune.at(0).backoff, 60u);
  EXPECT_TRUE(t.router.mesh_peers(kTopic).empty());

  t.now += 15s;  // the back-off began anew with the first GRAFT
  t.rpc(peer, Rpc().graft(kTopic));
  EXPECT_EQ(blame(t, errors::kGraftInBackoff), 1u);
  t.now += 59s;
  t.rpc(peer, Rpc().graft(kTopic));
  EXPECT_EQ(blame(t, errors::kGraftInBackoff), 1u);
  t.now += 60s;
  t.rpc(peer, Rpc().graft(kTopic));
  EXPECT_EQ(blame(t, errors::kGraftInBackoff), 0u);
  EXPECT_EQ(t.router.mesh_peers(kTopic), std::vector{peer});
}

TEST(Graft, UnsubscribeBackoffNeverCountsTwice) {
  TestRouter t;
  t.join();
  const PeerId peer = t.connect_subscribed(0, 1)[0];
  t.rpc(peer, Rpc().prune(kTopic, 10));
  t.take<Misbehaviour>();
  t.rpc(peer, Rpc().graft(kTopic));
  EXPECT_EQ(blame(t, errors::kGraftInBackoff), 1u);
}

/// Heartbeats until we graft the peer again after a PRUNE with this back-off; 0: not within the limit.
int beats_until_graft(std::uint64_t seconds, int limit) {
  TestRouter t;
  t.join();
  const PeerId peer = t.connect_subscribed(0, 1)[0];
  t.rpc(peer, Rpc().graft(kTopic));
  t.rpc(peer, Rpc().prune(kTopic, seconds));
  for (int beat = 1; beat <= limit; ++beat) {
    t.beat();
    if (!t.router.mesh_peers(kTopic).empty()) return beat;
  }
  return 0;
}

// G1: the values that broke others. Absent and 0 mean the default; what is absurd is cut to an hour.
TEST(Prune, BackoffIsHonouredAndClamped) {
  EXPECT_EQ(beats_until_graft(0, 100), 62);
  EXPECT_EQ(beats_until_graft(1, 100), 3);
  EXPECT_EQ(beats_until_graft(90, 100), 92);
  for (const std::uint64_t absurd :
       {std::uint64_t{1} << 31, (std::uint64_t{1} << 63) - 1, ~std::uint64_t{0}, std::uint64_t{9223372036854674580u}}) {
    EXPECT_EQ(beats_until_graft(absurd, 3700), 3602) << absurd;
  }
}

TEST(Prune, DoesNotShortenABackoff) {
  TestRouter t;
  t.join();
  const PeerId peer = t.connect_subscribed(0, 1)[0];
  t.rpc(peer, Rpc().prune(kTopic, 60));
  t.rpc(peer, Rpc().prune(kTopic, 1));
  t.now += 30s;
  t.rpc(peer, Rpc().graft(kTopic));
  EXPECT_EQ(blame(t, errors::kGraftInBackoff), 1u);
}

TEST(Prune, OfUnknownTopicsLeavesNothing) {
  TestRouter t;
  const PeerId peer = t.connect(0);
  t.rpc(peer, Rpc().prune("a", 60).prune("", 60));
  EXPECT_TRUE(t.router.topics().empty());
}

TEST(Backoff, OutlivesTheConnection) {
  TestRouter t;
  t.join();
  const PeerId peer = t.connect_subscribed(0, 1)[0];
  t.rpc(peer, Rpc().prune(kTopic, 60));
  t.disconnect(peer);
  t.connect_subscribed(0, 1);
  t.beat();
  EXPECT_TRUE(t.router.mesh_peers(kTopic).empty());
  t.rpc(peer, Rpc().graft(kTopic));
  EXPECT_GT(blame(t, errors::kGraftInBackoff), 0u);
}

}  // namespace
}  // namespace opwire::gossipsub
