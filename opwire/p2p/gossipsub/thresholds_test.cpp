// What a score ends: gossip, own messages, and at last everything.
#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/errors.hpp"
#include "opwire/p2p/gossipsub/scored_router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::HashDecoder;
using test::kTopic;
using test::message_ids;
using test::noise;
using test::peer_id;
using test::Rpc;
using test::ScoredRouter;
using namespace std::chrono_literals;

// Exactly on a threshold all goes on; a hair below it ends.
constexpr double kHair = 1e-6;

/// A joined router; peer 0 is the one that is judged, outside the mesh, which peers 1 to 6 are.
class ThresholdsTest : public ::testing::Test {
 protected:
  explicit ThresholdsTest(Params params = {}) : t(std::move(params)) {
    t.join();
    peer = t.connect_subscribed(0, 1)[0];
    for (const PeerId& member : t.connect_subscribed(1, 6, Version::kV12, true)) t.rpc(member, Rpc().graft(kTopic));
    t.drop_output();
    t.take<Misbehaviour>();
  }
  MessageId publish(std::uint64_t seed) {
    return t.router.publish(kTopic, Buffer::copy_of(noise(100, seed)), t.now).value()->id;
  }

  ScoredRouter t;
  PeerId peer = peer_id(0);
};

TEST_F(ThresholdsTest, IhaveIsHeededDownToTheGossipThreshold) {
  t.set_worth(peer, test::kGossipThreshold);
  t.rpc(peer, Rpc().ihave(kTopic, message_ids(3, 1)));
  EXPECT_EQ(t.sent(peer).iwant.size(), 3u);
  t.set_worth(peer, test::kGossipThreshold - kHair);
  t.rpc(peer, Rpc().ihave(kTopic, message_ids(3, 2)));
  EXPECT_TRUE(t.sent(peer).empty());
}

TEST_F(ThresholdsTest, IwantIsServedDownToTheGossipThreshold) {
  const MessageId id = publish(1);
  t.set_worth(peer, test::kGossipThreshold);
  t.rpc(peer, Rpc().iwant({id}));
  EXPECT_EQ(t.sent(peer).messages.size(), 1u);
  t.set_worth(peer, test::kGossipThreshold - kHair);
  t.rpc(peer, Rpc().iwant({id}));
  EXPECT_TRUE(t.sent(peer).empty());
}

TEST_F(ThresholdsTest, IhaveIsSentDownToTheGossipThreshold) {
  publish(1);
  t.set_worth(peer, test::kGossipThreshold);
  t.beat();
  EXPECT_EQ(t.sent(peer).ihave.size(), 1u);
  t.set_worth(peer, test::kGossipThreshold - kHair);
  t.beat();
  EXPECT_TRUE(t.sent(peer).ihave.empty());
}

TEST_F(ThresholdsTest, IdontwantAndPruneOfLittleWorthAreHeededStill) {
  t.set_worth(peer_id(1), test::kGraylistThreshold);
  const MessageId id = HashDecoder::id_of(kTopic, noise(100, 1));
  t.rpc(peer_id(1), Rpc().idontwant({id}));
  publish(1);
  EXPECT_TRUE(t.sent(peer_id(1)).messages.empty());
  t.rpc(peer_id(1), Rpc().prune(kTopic, 60));
  EXPECT_EQ(t.router.mesh_peers(kTopic).size(), 5u);
}

// Outside the mesh our own messages go down to the publish threshold; the mesh gets them until the next beat.
TEST_F(ThresholdsTest, FormingMeshIsFilledUpWithPeersAboveThePublishThreshold) {
  for (unsigned i = 1; i <= 6; ++i) t.rpc(peer_id(i), Rpc().prune(kTopic, 60));
  for (unsigned i = 1; i <= 6; ++i) t.set_worth(peer_id(i), test::kPublishThreshold - kHair);
  t.set_worth(peer, test::kPublishThreshold);
  publish(1);
  EXPECT_EQ(t.sent(peer).messages.size(), 1u);
  for (unsigned i = 1; i <= 6; ++i) EXPECT_TRUE(t.sent(peer_id(i)).messages.empty());
}

TEST_F(ThresholdsTest, MeshPeersGetMessagesUntilTheyAreDropped) {
  t.set_worth(peer_id(1), test::kPublishThreshold - kHair);
  publish(1);
  EXPECT_EQ(t.sent(peer_id(1)).messages.size(), 1u);
  t.beat();
  publish(2);
  EXPECT_TRUE(t.sent(peer_id(1)).messages.empty());
}

TEST_F(ThresholdsTest, FloodsubPeersGetMessagesDownToThePublishThreshold) {
  const PeerId flood = t.connect_subscribed(20, 1, Version::kFloodsub)[0];
  t.set_worth(flood, test::kPublishThreshold);
  publish(1);
  t.rpc(peer, Rpc().message(kTopic, noise(100, 2)));
  t.judge(Verdict::kAccept);
  EXPECT_EQ(t.sent(flood).messages.size(), 2u);
  t.set_worth(flood, test::kPublishThreshold - kHair);
  publish(3);
  t.rpc(peer, Rpc().message(kTopic, noise(100, 4)));
  t.judge(Verdict::kAccept);
  EXPECT_TRUE(t.sent(flood).messages.empty());
}

TEST(FanoutThreshold, PeersBelowThePublishThresholdAreReplaced) {
  ScoredRouter t;
  t.connect_subscribed(0, 7);
  t.set_worth(peer_id(6), test::kPublishThreshold - kHair);
  const auto receivers = [&t](std::uint64_t seed) {
    EXPECT_TRUE(t.router.publish(kTopic, Buffer::copy_of(noise(100, seed)), t.now));
    std::set<unsigned> to;
    for (unsigned i = 0; i < 7; ++i) {
      if (!t.sent(peer_id(i)).messages.empty()) to.insert(i);
    }
    return to;
  };
  EXPECT_EQ(receivers(1), (std::set<unsigned>{0, 1, 2, 3, 4, 5}));
  t.set_worth(peer_id(6), test::kPublishThreshold);
  t.set_worth(peer_id(0), test::kPublishThreshold - kHair);
  EXPECT_EQ(receivers(2), (std::set<unsigned>{1, 2, 3, 4, 5, 6})) << "at the next publish";
  t.set_worth(peer_id(1), test::kPublishThreshold - kHair);
  t.set_worth(peer_id(0), 0);
  t.beat();
  EXPECT_EQ(receivers(3), (std::set<unsigned>{0, 2, 3, 4, 5, 6})) << "and at a heartbeat";
}

Params flooding() {
  Params params;
  params.flood_publish = true;
  return params;
}

class FloodThresholdTest : public ThresholdsTest {
 protected:
  FloodThresholdTest() : ThresholdsTest(flooding()) {}
};

TEST_F(FloodThresholdTest, OwnMessagesReachAllAboveThePublishThreshold) {
  t.connect_subscribed(10, 2);
  t.set_worth(peer_id(10), test::kPublishThreshold);
  t.set_worth(peer_id(11), test::kPublishThreshold - kHair);
  publish(1);
  EXPECT_EQ(t.sent(peer).messages.size(), 1u);
  EXPECT_EQ(t.sent(peer_id(10)).messages.size(), 1u);
  EXPECT_TRUE(t.sent(peer_id(11)).messages.empty());
}

TEST_F(FloodThresholdTest, MessagesOfOthersGoToTheMeshOnly) {
  t.rpc(peer_id(1), Rpc().message(kTopic, noise(100, 1)));
  t.judge(Verdict::kAccept);
  EXPECT_TRUE(t.sent(peer).messages.empty());
  EXPECT_EQ(t.sent(peer_id(2)).messages.size(), 1u);
}

// Everything but subscriptions is dropped, and counted; on the threshold all is heeded.
TEST_F(ThresholdsTest, GraylistedPeersAreNotHeeded) {
  t.set_worth(peer, test::kGraylistThreshold);
  t.rpc(peer, Rpc().message(kTopic, noise(10, 1)));
  EXPECT_EQ(t.judge(Verdict::kAccept), 1u);
  EXPECT_EQ(t.router.stats().graylisted, 0u);

  t.set_worth(peer, test::kGraylistThreshold - kHair);
  const MessageId id = publish(2);
  t.sent(peer);
  t.rpc(peer, Rpc()
                  .subscribe("/another")
                  .message(kTopic, noise(10, 3))
                  .graft(kTopic)
                  .prune(kTopic, 60)
                  .ihave(kTopic, message_ids(1))
                  .iwant({id})
                  .idontwant(message_ids(1)));
  EXPECT_EQ(t.judge(Verdict::kAccept), 0u);
  EXPECT_TRUE(t.sent(peer).empty());
  EXPECT_EQ(t.router.stats().graylisted, 1u);
  EXPECT_EQ(t.decoder.decodes, 2u);
  EXPECT_EQ(t.router.topic_peers("/another"), std::vector{peer});
  t.rpc(peer, Rpc().subscribe("/another", false));
  EXPECT_TRUE(t.router.topic_peers("/another").empty());
}

TEST_F(ThresholdsTest, AGraylistedPeerDoesNotHaveItsMessagesMarkedAsSeen) {
  t.set_worth(peer, test::kGraylistThreshold - kHair);
  t.rpc(peer, Rpc().message(kTopic, noise(10, 1)));
  t.rpc(peer_id(1), Rpc().message(kTopic, noise(10, 1)));
  EXPECT_EQ(t.judge(Verdict::kAccept), 1u);
}

// Without scoring nobody is below anything, whatever its faults.
TEST(Thresholds, WithoutScoringAllAreHeeded) {
  test::TestRouter t;
  t.join();
  const PeerId peer = t.connect_subscribed(0, 1)[0];
  t.rpc(peer, Rpc().prune(kTopic, 60));
  for (int i = 0; i < 50; ++i) t.rpc(peer, Rpc().graft(kTopic));
  EXPECT_EQ(t.router.score(peer), 0);
  EXPECT_TRUE(t.router.scores().empty());
  t.rpc(peer, Rpc().message(kTopic, noise(10, 1)));
  EXPECT_EQ(t.judge(Verdict::kAccept), 1u);
}

}  // namespace
}  // namespace opwire::gossipsub
