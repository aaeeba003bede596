#include "opwire/node/api/peer_methods.hpp"

#include "opwire/node/api/parts_for_test.hpp"

namespace opwire::node {
namespace {

TEST(PeerMethods, ActOnPeers) {
  ApiWorld world;
  const std::string peer = "[\"" + peer_of(2).to_string() + "\"]";
  world.network.peers[peer_of(2)].connected = true;
  EXPECT_EQ(world.ask("opp2p_protectPeer", peer), "null");
  EXPECT_TRUE(world.network.is_tagged(peer_of(2), kApiTag));
  EXPECT_EQ(world.ask("opp2p_unprotectPeer", peer), "null");
  EXPECT_FALSE(world.network.is_tagged(peer_of(2), kApiTag));
  EXPECT_EQ(world.ask("opp2p_disconnectPeer", peer), "null");
  EXPECT_FALSE(world.network.is_connected(peer_of(2)));
  EXPECT_FALSE(world.network.peers.contains(peer_of(2)));
  EXPECT_EQ(world.ask("opp2p_disconnectPeer", peer), "null") << "once more";
  for (const char* method : {"opp2p_protectPeer", "opp2p_unprotectPeer", "opp2p_disconnectPeer"}) {
    EXPECT_EQ(world.ask(method, "[\"nobody\"]").find("-32602: invalid argument 0: "), 0u);
    EXPECT_EQ(world.ask(method), "-32602: missing value for required argument 0");
  }
}

TEST(PeerMethods, Connect) {
  ApiWorld world;
  const std::string address = "/ip4/10.0.0.2/tcp/9222";
  EXPECT_EQ(world.ask("opp2p_connectPeer", "[\"" + address + "/p2p/" + peer_of(2).to_string() + "\"]"), "null");
  EXPECT_TRUE(world.network.is_connected(peer_of(2)));
  EXPECT_EQ(boost::json::serialize(boost::json::value(world.network.peers.at(peer_of(2)).addresses[0].to_string())),
            "\"" + address + "\"");
  EXPECT_EQ(world.ask("opp2p_connectPeer", "[\"" + address + "\"]"),
            "-32000: bad peer address: it must end in /p2p/ID");
  EXPECT_EQ(world.ask("opp2p_connectPeer", "[\"x\"]").find("-32000: bad peer address: "), 0u);
  world.network.unreachable = true;
  EXPECT_EQ(world.ask("opp2p_connectPeer", "[\"" + address + "/p2p/" + peer_of(3).to_string() + "\"]"),
            "-32000: failed to dial: took too long");
}

TEST(PeerMethods, ThereIsNothingToBlockWith) {
  ApiWorld world;
  EXPECT_EQ(world.ask("opp2p_listBlockedPeers"), "-32000: no connection gater");
  EXPECT_EQ(world.ask("opp2p_blockAddr", "[\"1.2.3.4\"]"), "-32000: no connection gater");
}

}  // namespace
}  // namespace opwire::node
