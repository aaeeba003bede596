// Peer exchange from end to end: who is pruned learns of others by the records that they have signed.
#include <gtest/gtest.h>

#include "opwire/sim/gossip_network.hpp"

namespace opwire::sim {
namespace {

using std::chrono::seconds;

class NoMessages final : public gossipsub::MessageDecoder {
 public:
  gossipsub::Decoded decode(const gossipsub::MessageView& message) override {
    gossipsub::Decoded decoded{gossipsub::MessageId::from(message.data.first(1)).value(), nullptr, 0};
    return decoded;
  }
};

Task<gossipsub::Verdict> ignore(gossipsub::MessagePtr) {
  co_return gossipsub::Verdict::kIgnore;
}

/// The hub has room for one in its mesh. First the member takes it, then the newcomer is refused; both dial the hub
/// alone.
class PeerExchangeTest : public testing::Test {
 protected:
  explicit PeerExchangeTest(bool exchange = true) : hub_(world_, hub_options(exchange), decoder_, subscribe) {}
  ~PeerExchangeTest() override {
    for (Node* node : {&hub_, &member_, &newcomer_}) {
      if (node->running()) world_.loop().run(node->stop());
    }
  }
  static NodeOptions options(std::uint32_t number, bool exchange) {
    NodeOptions options(number);
    options.gossip.peer_exchange = exchange;
    return options;
  }
  static NodeOptions hub_options(bool exchange) {
    NodeOptions chosen = options(0, exchange);
    gossipsub::Params& gossip = chosen.gossip;
    gossip.d = gossip.d_lo = gossip.d_hi = gossip.d_score = 1;
    gossip.d_out = 0;
    return chosen;
  }
  static void subscribe(gossipsub::Service& gossip) {
    OPW_CHECK(gossip.subscribe(std::string(kTopic), ignore, [](const gossipsub::Message&, const auto&) {}));
  }
  void start() {
    member_.set_contacts({hub_.station().address()});
    newcomer_.set_contacts({hub_.station().address()});
    for (Node* node : {&hub_, &member_, &newcomer_}) {
      node->start();
      world_.loop().run_for(seconds(5));
    }
  }
  static std::vector<PeerId> mesh(Node& node) { return node.gossip().router().mesh_peers(kTopic); }
  static Network& network(Node& node) { return node.station().host().network(); }

  World world_{1, LinkOptions()};
  NoMessages decoder_;
  Node hub_;
  Node member_{world_, options(1, false), decoder_, subscribe};
  Node newcomer_{world_, options(2, true), decoder_, subscribe};
};

TEST_F(PeerExchangeTest, WhoIsPrunedDialsOthersByTheirRecords) {
  start();
  EXPECT_EQ(mesh(hub_), std::vector{member_.station().id()}) << "the newcomer was refused";
  const auto connections = network(newcomer_).connections_to(member_.station().id());
  ASSERT_EQ(connections.size(), 1u);
  EXPECT_EQ(connections.front().role, Role::kDialer);
  EXPECT_EQ(connections.front().remote, member_.station().address().without_peer());
  EXPECT_EQ(mesh(newcomer_), std::vector{member_.station().id()}) << "from record to mesh";
}

class SilentHubTest : public PeerExchangeTest {
 protected:
  SilentHubTest() : PeerExchangeTest(false) {}
};

TEST_F(SilentHubTest, OtherwiseNobodyHearsOfOthers) {
  start();
  EXPECT_EQ(mesh(hub_), std::vector{member_.station().id()});
  EXPECT_FALSE(network(newcomer_).is_connected(member_.station().id()));
  EXPECT_TRUE(network(newcomer_).peerstore().addresses(member_.station().id()).empty());
  EXPECT_TRUE(network(hub_).peerstore().sealed_record(member_.station().id()).empty()) << "kept for nothing";
}

}  // namespace
}  // namespace opwire::sim
