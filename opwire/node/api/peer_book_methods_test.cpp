#include "opwire/node/api/peer_book_methods.hpp"

#include "opwire/node/api/parts_for_test.hpp"
#include "opwire/node/peer_entry.hpp"

namespace opwire::node {
namespace {

class PeerBookMethods : public testing::Test {
 protected:
  PeerBookMethods() { world_.parts.reputation = &world_.reputation; }
  std::string quoted(const PeerId& peer) { return "\"" + peer.to_string() + "\""; }
  WallTime now() { return world_.loop.wall_now(); }
  ApiWorld world_;
};

TEST_F(PeerBookMethods, BansForATimeAndUnbans) {
  const std::string answer = world_.ask("opwire_banPeer", "[" + quoted(peer_of(2)) + R"(,3600,"asks \u0007 lot"])");
  EXPECT_EQ(answer, "{\"until\":" + std::to_string(unix_seconds(now()) + 3600) + ",\"reason\":\"asks ? lot\"}");
  EXPECT_FALSE(world_.reputation.gate().allow_peer_dial(peer_of(2)));
  EXPECT_EQ(world_.ask("opwire_unbanPeer", "[" + quoted(peer_of(2)) + "]"), "true");
  EXPECT_EQ(world_.ask("opwire_unbanPeer", "[" + quoted(peer_of(2)) + "]"), "false");
  EXPECT_TRUE(world_.reputation.gate().allow_peer_dial(peer_of(2)));
  EXPECT_NE(world_.ask("opwire_banPeer", "[" + quoted(peer_of(2)) + ",60]").find("\"reason\":\"\""), std::string::npos);
}

TEST_F(PeerBookMethods, ALiftedBanLetsInWhoLeftWithABadScore) {
  opstack::reputation::GossipScores gossip;
  gossip.total = -500;
  world_.reputation.books().scores().set_gossip(peer_of(2), gossip, now());
  world_.reputation.ban(peer_of(2), now() + std::chrono::hours(1), "its score");
  EXPECT_EQ(world_.ask("opwire_unbanPeer", "[" + quoted(peer_of(2)) + "]"), "true");
  EXPECT_TRUE(world_.reputation.gate().allow_peer_dial(peer_of(2)));
  EXPECT_EQ(world_.reputation.counts().peer_unbans, 1u);
}

TEST_F(PeerBookMethods, BansAddressesForATime) {
  const auto from = Multiaddr::parse_text("/ip4/192.0.2.1/tcp/1").value();
  const std::string answer = world_.ask("opwire_banIp", R"(["192.0.2.1",60,"floods"])");
  EXPECT_EQ(answer, "{\"until\":" + std::to_string(unix_seconds(now()) + 60) + ",\"reason\":\"floods\"}");
  EXPECT_FALSE(world_.reputation.gate().allow_accept(from));
  EXPECT_NE(world_.ask("opwire_bans").find(R"({"ip":"192.0.2.1")"), std::string::npos);
  EXPECT_EQ(world_.ask("opwire_unbanIp", R"(["192.0.2.1"])"), "true");
  EXPECT_EQ(world_.ask("opwire_unbanIp", R"(["192.0.2.1"])"), "false");
  EXPECT_TRUE(world_.reputation.gate().allow_accept(from));
  EXPECT_EQ(world_.ask("opwire_banIp", R"(["192.0.2",60])").substr(0, 26), "-32602: invalid argument 0");
}

TEST_F(PeerBookMethods, RefusesWhatIsNoBan) {
  const std::string id = quoted(peer_of(2));
  const std::string seconds = "-32602: invalid argument 1: expected seconds from 1 to 604800";
  for (const char* wrong : {"0", "-1", "604801", "1.5", "\"1h\""}) {
    EXPECT_EQ(world_.ask("opwire_banPeer", "[" + id + "," + wrong + "]"), seconds) << wrong;
  }
  EXPECT_EQ(world_.ask("opwire_banPeer", R"(["x",60])").substr(0, 26), "-32602: invalid argument 0");
  EXPECT_EQ(world_.ask("opwire_bans"), "[]");
  ApiWorld without;
  EXPECT_EQ(without.ask("opwire_banPeer", "[" + id + ",60]"), "-32000: no connection gater");
}

TEST_F(PeerBookMethods, ImportsPeersOfTheChain) {
  PeerEntry entry(peer_of(2));
  entry.scores = opstack::reputation::ScoreRecord{{}, now()};
  entry.scores->scores.gossip.total = -7;
  entry.ban = opstack::reputation::Ban{now() + std::chrono::hours(1), now(), "elsewhere", std::nullopt};
  PeerEntry blocked(peer_of(3));
  blocked.blocked = true;
  world_.network.peers[peer_of(2)].connected = true;
  const std::string answer =
      world_.ask("opwire_importPeers", "[[" + to_json(entry) + "," + to_json(blocked) + R"(,{"peerID":"x"}]])");
  EXPECT_EQ(answer.substr(0, 52), R"({"taken":2,"foreign":0,"refused":[{"entry":2,"why":")");
  EXPECT_EQ(world_.reputation.scores_of(peer_of(2)).gossip.total, -7);
  EXPECT_FALSE(world_.network.is_connected(peer_of(2))) << "banned";
  EXPECT_TRUE(world_.reputation.books().blocks().is_blocked(peer_of(3)));
  EXPECT_EQ(world_.ask("opwire_importPeers", "[7]").substr(0, 26), "-32602: invalid argument 0");
}

}  // namespace
}  // namespace opwire::node
