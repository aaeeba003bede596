// Peers that the operator agreed on with their operators: outside every mesh, and never without our messages.
#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/errors.hpp"
#include "opwire/p2p/gossipsub/scored_router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::kTopic;
using test::noise;
using test::peer_id;
using test::Rpc;
using test::ScoredRouter;
using namespace std::chrono_literals;

Params with_direct(std::vector<PeerId> peers, unsigned beats = 300) {
  Params params;
  params.direct_peers = std::move(peers);
  params.direct_connect_beats = beats;
  return params;
}

/// Peer 0 is direct and subscribed, and worth as little as can be; 1 to 6 are the mesh.
class DirectPeersTest : public ::testing::Test {
 protected:
  explicit DirectPeersTest(Params params = with_direct({peer_id(0)})) : t(std::move(params)) {
    t.join();
    t.connect_subscribed(0, 1, Version::kV12, true);
    t.set_worth(direct, -1000);
    for (const PeerId& member : t.connect_subscribed(1, 6)) t.rpc(member, Rpc().graft(kTopic));
    t.drop_output();
    t.take<Misbehaviour>();
  }

  ScoredRouter t;
  const PeerId direct = peer_id(0);
};

TEST_F(DirectPeersTest, NoMeshHoldsThem) {
  t.set_worth(direct, 1000);
  for (int i = 0; i < 120; ++i) t.beat();
  for (unsigned i = 1; i <= 6; ++i) t.disconnect(peer_id(i));
  for (int i = 0; i < 120; ++i) t.beat();
  EXPECT_TRUE(t.router.mesh_peers(kTopic).empty());
}

TEST_F(DirectPeersTest, ComeAndGo) {
  t.router.set_direct_peers({peer_id(1)}, t.now);
  const std::vector<PeerId> mesh = t.router.mesh_peers(kTopic);
  EXPECT_EQ(std::ranges::count(mesh, peer_id(1)), 0);
  EXPECT_EQ(mesh.size(), 5u);
  t.rpc(direct, Rpc().graft(kTopic));
  EXPECT_EQ(t.router.stats().graylisted, 1u) << "who is direct no more is worth what it is worth";
  t.rpc(peer_id(1), Rpc().graft(kTopic));
  EXPECT_EQ(t.router.mesh_peers(kTopic).size(), 5u);
}

TEST_F(DirectPeersTest, GraftIsAnsweredWithPruneAndBlamedOnNobody) {
  t.rpc(direct, Rpc().graft(kTopic));
  t.rpc(direct, Rpc().graft(kTopic));
  EXPECT_EQ(t.router.mesh_peers(kTopic).size(), 6u);
  const auto sent = t.sent(direct);
  ASSERT_EQ(sent.prune.size(), 1u);
  EXPECT_EQ(sent.prune[0].topic, kTopic);
  EXPECT_TRUE(sent.prune[0].peers.empty());
  EXPECT_EQ(test::count_blame(t, errors::kGraftInBackoff), 0u);
}

TEST_F(DirectPeersTest, TheyGetEveryMessageOfTheirTopics) {
  ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(noise(3000, 1)), t.now));
  t.rpc(peer_id(1), Rpc().message(kTopic, noise(3000, 2)));
  t.judge(Verdict::kAccept);
  EXPECT_EQ(t.sent(direct).messages.size(), 2u);
  t.rpc(direct, Rpc().subscribe(kTopic, false));
  ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(noise(3000, 3)), t.now));
  EXPECT_TRUE(t.sent(direct).empty()) << "not of topics that they did not subscribe to";
}

TEST_F(DirectPeersTest, TheyGetMessagesOfTopicsThatWeHaveNotJoined) {
  t.rpc(direct, Rpc().subscribe("/other"));
  ASSERT_TRUE(t.router.publish("/other", Buffer::copy_of(noise(100, 1)), t.now));
  EXPECT_EQ(t.sent(direct).messages.size(), 1u);
}

TEST_F(DirectPeersTest, TheyAreHeededWhateverTheirScore) {
  t.rpc(direct, Rpc().message(kTopic, noise(100, 1)));
  EXPECT_EQ(t.judge(Verdict::kAccept), 1u);
  EXPECT_EQ(t.router.stats().graylisted, 0u);
  EXPECT_EQ(t.sent(peer_id(1)).messages.size(), 1u);
  EXPECT_TRUE(t.sent(direct).messages.empty()) << "not back to where it came from";
}

// As with Go, gossip is for those that are worth it: they get all messages anyway.
TEST_F(DirectPeersTest, GossipIsNoPartOfIt) {
  t.rpc(direct, Rpc().ihave(kTopic, test::message_ids(3)));
  EXPECT_TRUE(t.sent(direct).empty());
  t.set_worth(direct, 0);
  ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(noise(100, 1)), t.now));
  t.beat();
  EXPECT_TRUE(t.sent(direct).ihave.empty());
}

Params gated() {
  Params params = with_direct({peer_id(0)});
  params.gater = PeerGaterParams();
  params.gater->threshold = 0.01;
  params.max_pending = 1;
  return params;
}

class GatedDirectPeersTest : public DirectPeersTest {
 protected:
  GatedDirectPeersTest() : DirectPeersTest(gated()) {}
};

TEST_F(GatedDirectPeersTest, TheGaterLetsThemPass) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    t.rpc(direct, Rpc().message(kTopic, noise(100, 2 * i)).message(kTopic, noise(100, 2 * i + 1)));
    EXPECT_EQ(t.judge(Verdict::kReject), 1u);
  }
  EXPECT_EQ(t.router.stats().throttled, 200u);
  EXPECT_EQ(t.router.stats().gated, 0u);
}

std::set<PeerId> wanted(ScoredRouter& t) {
  std::set<PeerId> peers;
  for (const auto& action : t.take<ConnectPeer>()) {
    EXPECT_TRUE(action.record.empty());
    EXPECT_TRUE(peers.insert(action.peer).second);
  }
  return peers;
}

TEST(DirectPeers, AreConnectedToAtTheFirstBeatAndEachPeriod) {
  ScoredRouter t(with_direct({peer_id(0), peer_id(1), peer_id(2)}, 10));
  const std::set<PeerId> all{peer_id(0), peer_id(1), peer_id(2)};
  EXPECT_TRUE(wanted(t).empty());
  t.beat();
  EXPECT_EQ(wanted(t), all);
  for (int i = 0; i < 9; ++i) t.beat();
  EXPECT_TRUE(wanted(t).empty());
  t.connect(1);
  t.beat();
  EXPECT_EQ(wanted(t), (std::set<PeerId>{peer_id(0), peer_id(2)}));
  t.disconnect(peer_id(1));
  for (int i = 0; i < 10; ++i) t.beat();
  EXPECT_EQ(wanted(t), all);
}

TEST(DirectPeers, WhoIsNotConnectedCostsNothing) {
  ScoredRouter t(with_direct({peer_id(0)}));
  t.join();
  ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(noise(100, 1)), t.now));
  for (int i = 0; i < 10; ++i) t.beat();
  EXPECT_TRUE(t.sent(peer_id(0)).empty());
}

}  // namespace
}  // namespace opwire::gossipsub
