#include "opwire/node/api/peers_json.hpp"

#include "opwire/codec/hex.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/discv5/records_for_test.hpp"
#include "opwire/node/api/parts_for_test.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"
#include "opwire/opstack/gossip/scoring.hpp"

namespace opwire::node {
namespace {

Multiaddr address(const char* text) {
  return Multiaddr::parse_text(text).value();
}

std::string node_id(std::uint64_t number) {
  return codec::to_hex(crypto::ethereum_key_hash(key_of(number).public_key().data())->view());
}

const std::string kNoScores =
    R"({"gossip":{"total":0,"blocks":{"timeInMesh":0,"firstMessageDeliveries":0,"meshMessageDeliveries":0,)"
    R"("invalidMessageDeliveries":0},"IPColocationFactor":0,"behavioralPenalty":0},)"
    R"("reqResp":{"validResponses":0,"errorResponses":0,"rejectedPayloads":0}})";

TEST(Peers, Self) {
  ApiWorld world;
  world.network.listening = {address("/ip4/10.0.0.1/tcp/9222")};
  const std::string id = peer_of(1).to_string();
  EXPECT_EQ(world.ask("opp2p_self"),
            R"({"peerID":")" + id + R"(","nodeID":")" + node_id(1) +
                R"(","userAgent":"optimism","protocolVersion":"","ENR":"","addresses":["/ip4/10.0.0.1/tcp/9222/p2p/)" +
                id +
                R"("],"protocols":["/ipfs/ping/1.0.0"],"connectedness":0,"direction":0,"protected":false,)"
                R"("chainID":0,"latency":0,"gossipBlocks":true,"scores":)" +
                kNoScores + "}");
}

TEST(Peers, ThoseThatAreConnectedOrKnown) {
  ApiWorld world;
  FakeNetwork::Peer& dialled = world.network.peers[peer_of(2)];
  dialled.connected = true;
  dialled.agent = "ge\"th\xff";
  dialled.protocols = {"/a", "/b"};
  dialled.addresses = {address("/ip4/10.0.0.2/tcp/9222")};
  dialled.is_protected = true;
  world.network.peers[peer_of(3)] = {};
  const PeerId other_kind = PeerId::of(key_of(4, crypto::KeyType::kEd25519).public_key());
  world.network.peers[other_kind].connected = true;
  world.parts.latency = [](const PeerId&) { return std::optional<Duration>(std::chrono::milliseconds(12)); };
  const std::string two = peer_of(2).to_string();
  const std::string expected =
      R"({"totalConnected":2,"peers":{")" + two + R"(":{"peerID":")" + two + R"(","nodeID":")" + node_id(2) +
      R"(","userAgent":"ge\"th)" + "\xef\xbf\xbd" +
      R"(","protocolVersion":"","ENR":"","addresses":["/ip4/10.0.0.2/tcp/9222/p2p/)" + two +
      R"("],"protocols":["/a","/b"],"connectedness":1,"direction":2,"protected":true,"chainID":0,"latency":12000000,)"
      R"("gossipBlocks":false,"scores":)" +
      kNoScores + R"(}},"bannedPeers":[],"bannedIPS":[],"bannedSubnets":[]})";
  EXPECT_EQ(world.ask("opp2p_peers", "[true]"), expected);

  const auto all = boost::json::parse(world.ask("opp2p_peers", "[false]"));
  EXPECT_EQ(all.at("peers").as_object().size(), 3u) << "ourselves too, and no peer of another kind of key";
  const auto& known = all.at("peers").at(peer_of(3).to_string());
  EXPECT_EQ(boost::json::serialize(known.at("addresses")), "[\"/p2p/" + peer_of(3).to_string() + "\"]");
  EXPECT_TRUE(known.at("protocols").is_null());
  EXPECT_EQ(known.at("connectedness").as_int64(), 0);
  EXPECT_EQ(known.at("direction").as_int64(), 0);
  EXPECT_FALSE(all.at("peers").at(peer_of(1).to_string()).at("gossipBlocks").as_bool());

  world.network.peers[peer_of(2)].role = Role::kListener;
  EXPECT_NE(world.ask("opp2p_peers", "[true]").find("\"direction\":1"), std::string::npos);
  EXPECT_EQ(world.ask("opp2p_peers"), "-32602: missing value for required argument 0");
  EXPECT_EQ(world.ask("opp2p_peers", "[1]"), "-32602: invalid argument 0: expected true or false");
}

struct Gossip {
  explicit Gossip(ApiWorld& world) : topics(world.config.rollup.l2_chain_id) {
    gossipsub::Params params = opstack::gossip_params(topics);
    params.scoring = opstack::light_scoring(std::chrono::seconds(2));
    router = std::make_unique<gossipsub::Router>(
        std::move(params), gossipsub::RouterContext(world.network.local_peer(), decoder, world.rng));
    world.parts.router = router.get();
  }
  void connect(const PeerId& peer) {
    router->on_peer_connected(peer, gossipsub::Version::kV11, true, address("/ip4/10.0.0.2/tcp/9222"));
  }
  void subscribe(const PeerId& peer, const std::string& topic) {
    std::string option = "\x08\x01\x12";
    option += static_cast<char>(topic.size());
    option += topic;
    const std::string rpc = std::string("\x0a") + static_cast<char>(option.size()) + option;
    ASSERT_TRUE(router->on_rpc(peer, Buffer::copy_of(as_bytes(rpc)), TimePoint(std::chrono::hours(1))));
  }
  opstack::BlockTopics topics;
  opstack::BlockMessageDecoder decoder;
  std::unique_ptr<gossipsub::Router> router;
};

TEST(Peers, WithTopicsAndScores) {
  ApiWorld world;
  Gossip gossip(world);
  for (const std::uint64_t number : {2, 3}) world.network.peers[peer_of(number)].connected = true;
  gossip.connect(peer_of(2));
  gossip.subscribe(peer_of(2), gossip.topics.names()[0]);
  gossip.subscribe(peer_of(2), gossip.topics.names()[3]);
  world.parts.reputation = &world.reputation;
  for (int i = 0; i < 2; ++i) world.reputation.on_failed_answer(peer_of(2));
  const auto peers = boost::json::parse(world.ask("opp2p_peers", "[true]")).at("peers");
  EXPECT_TRUE(peers.at(peer_of(2).to_string()).at("gossipBlocks").as_bool());
  EXPECT_FALSE(peers.at(peer_of(3).to_string()).at("gossipBlocks").as_bool());
  EXPECT_EQ(boost::json::serialize(peers.at(peer_of(2).to_string()).at("scores").at("reqResp").at("errorResponses")),
            "2");
  EXPECT_EQ(world.ask("opp2p_peerStats"),
            R"({"connected":2,"table":0,"blocksTopic":1,"blocksTopicV2":0,"blocksTopicV3":0,"blocksTopicV4":1,)"
            R"("banned":0,"known":3})");
}

struct NoDatagrams final : discv5::DatagramSink {
  void send(const net::Endpoint&, ByteView) override {}
};

TEST(Peers, WithRecords) {
  ApiWorld world;
  EXPECT_EQ(world.ask("opp2p_discoveryTable"), "-32000: discovery disabled");
  NoDatagrams sink;
  discv5::ProtocolObserver observer;
  discv5::ProtocolOptions options(key_of(1).data());
  auto discovery = std::move(*discv5::Protocol::make(std::move(options), 1, world.rng, sink, observer));
  ApiWorld with;
  with.parts.discovery = [&discovery] { return discovery.get(); };
  EXPECT_EQ(with.ask("opp2p_discoveryTable"), "[]");
  discv5::NodeRecordDraft draft = discv5::test::draft_at(discv5::test::endpoint_at("10.0.0.2", 9222));
  draft.set(opstack::kChainEntryKey, ByteView(opstack::encode({ChainId{901}, 0})));
  const auto record = std::make_shared<discv5::NodeRecord>(draft.sign(key_of(2).data(), 1).value());
  discovery->vouch({record}, TimePoint(std::chrono::hours(1)));
  with.network.peers[peer_of(2)].connected = true;
  EXPECT_EQ(with.ask("opp2p_discoveryTable"), "[\"" + record->to_text() + "\"]");
  const auto peers = boost::json::parse(with.ask("opp2p_peers", "[true]")).at("peers");
  EXPECT_EQ(peers.at(peer_of(2).to_string()).at("ENR").as_string(), record->to_text());
  EXPECT_EQ(peers.at(peer_of(2).to_string()).at("chainID").as_int64(), 901);
  const auto self = boost::json::parse(with.ask("opp2p_self"));
  EXPECT_EQ(self.at("ENR").as_string(), discovery->local_record().to_text());
  EXPECT_EQ(boost::json::parse(with.ask("opp2p_peerStats")).at("table").as_int64(), 1);
}

}  // namespace
}  // namespace opwire::node
