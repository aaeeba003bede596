#include "opwire/sim/attacker.hpp"

#include <gtest/gtest.h>

#include "opwire/sim/gossip_network.hpp"

namespace opwire::sim {
namespace {

using gossipsub::Verdict;
using std::chrono::seconds;

/// Some honest nodes, and an attacker that has connected to the first one.
class AttackerTest : public testing::Test {
 protected:
  AttackerTest() : network_(options()), attacker_(network_.world(), StationOptions(1000)) {
    network_.start();
    attacker_.start();
    const auto connected = loop().run(attacker_.connect(victim().station().address()));
    EXPECT_TRUE(connected) << connected.error().message();
    loop().run_for(seconds(2));
  }
  ~AttackerTest() override { loop().run(attacker_.stop()); }

  static GossipOptions options() {
    GossipOptions options;
    options.nodes = 8;
    options.degree = 3;
    options.message_interval = std::chrono::hours(1);
    return options;
  }
  Node& victim() { return network_.node(0); }
  SimulatedLoop& loop() { return network_.world().loop(); }
  bool send(const RawRpc& rpc) { return attacker_.send(victim().station().id(), rpc); }
  /// A message of the attacker's; its number.
  std::size_t send_message(Verdict verdict) {
    const std::size_t number = network_.log().on_published(std::nullopt, network_.world().now());
    EXPECT_TRUE(send(RawRpc().message(kTopic, network_.make_message(number, verdict))));
    loop().run_for(seconds(5));
    return number;
  }

  GossipNetwork network_;
  Attacker attacker_;
};

TEST_F(AttackerTest, IsAPeerLikeAnyOther) {
  const std::vector<PeerId> before = victim().gossip().router().topic_peers(kTopic);
  ASSERT_TRUE(send(RawRpc().subscribe(kTopic).graft(kTopic)));
  loop().run_for(seconds(2));
  const std::vector<PeerId> peers = victim().gossip().router().topic_peers(kTopic);
  EXPECT_EQ(peers.size(), before.size() + 1);
  EXPECT_NE(std::find(peers.begin(), peers.end(), attacker_.station().id()), peers.end());
  EXPECT_EQ(attacker_.victims(), std::vector<PeerId>{victim().station().id()});
}

TEST_F(AttackerTest, ItsValidMessageReachesAllAndItsInvalidOneNobody) {
  const std::size_t former = network_.report().delivery.in_all;
  send_message(Verdict::kAccept);
  EXPECT_EQ(network_.report().delivery.in_all, former + network_.size());
  send_message(Verdict::kReject);
  EXPECT_EQ(network_.report().delivery.in_all, former + network_.size());
  EXPECT_EQ(victim().gossip().router().stats().rejected, 1u);
}

TEST_F(AttackerTest, HearsWhatHonestPeersSend) {
  std::vector<std::string> grafted;
  std::vector<std::string> ihave;
  attacker_.set_on_rpc([&](const PeerId&, const gossipsub::RpcView& rpc) {
    for (const auto& topic : rpc.graft) grafted.emplace_back(topic);
    for (const auto& entry : rpc.ihave) ihave.emplace_back(entry.topic);
  });
  ASSERT_TRUE(send(RawRpc().subscribe(kTopic)));
  loop().run_for(seconds(5));
  network_.publish(1);
  loop().run_for(seconds(5));
  EXPECT_FALSE(grafted.empty() && ihave.empty()) << "a subscriber is grafted, or told of messages";
  EXPECT_GT(attacker_.rpcs_received(), 0u);
}

TEST_F(AttackerTest, CannotSendToWhomItHasNoStream) {
  EXPECT_FALSE(attacker_.send(network_.node(5).station().id(), RawRpc().subscribe(kTopic)));
}

}  // namespace
}  // namespace opwire::sim
