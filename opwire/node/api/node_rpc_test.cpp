// Two real nodes on loopback, asked over HTTP and WebSocket as an operator's tools ask.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <future>

#include "opwire/codec/hex.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/net/http/client.hpp"
#include "opwire/node/api/block_methods.hpp"
#include "opwire/node/api/endpoints.hpp"
#include "opwire/node/block_builder.hpp"
#include "opwire/node/wait_for_test.hpp"
#include "opwire/opstack/payload/payload_json.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire::node {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

struct Served {
  std::unique_ptr<Node> node;
  std::unique_ptr<Endpoints> endpoints;
  std::unique_ptr<http::Client> client;
};

class NodeRpc : public testing::Test {
 protected:
  NodeRpc() {
    rollup_ = make_devnet_config(opstack::Fork::kIsthmus, 2, unix_seconds(loop_.wall_now()));
    const auto signer = crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_);
    for (Served& one : served_) start(one, signer);
  }
  ~NodeRpc() override {
    for (Served& one : served_) {
      loop_.run(one.client->close());
      loop_.run(one.endpoints->close());
      loop_.run(one.node->close());
    }
  }
  void start(Served& one, const crypto::PrivateKey& signer) {
    Config config(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_));
    config.rollup = rollup_;
    config.unsafe_block_signer = crypto::ethereum_address(signer.public_key().data()).value();
    config.listen = {Multiaddr::parse_text("/ip4/127.0.0.1/tcp/0").value()};
    if (&one == served_.data()) {
      config.sequencer_key = codec::to_hex(signer.data());
    } else {
      config.static_peers = {served_[0].node->host().addresses().front()};
    }
    config.driver.emplace().from_genesis = true;
    one.node = std::move(*Node::make(loop_, pool_, std::move(config)));
    EXPECT_TRUE(loop_.run(one.node->start()));
    EndpointsConfig endpoints;
    endpoints.publishing = true;
    endpoints.rpc = endpoints.metrics = net::Endpoint::parse_ip("127.0.0.1", 0);
    one.endpoints = std::move(*loop_.run(Endpoints::start(parts_of(*one.node, "v1"), endpoints)));
    one.node->add_sink(*one.endpoints);
    one.node->chain().add_observer(*one.endpoints);
    one.client = client_of(*one.endpoints->rpc_endpoint());
  }
  std::unique_ptr<http::Client> client_of(const net::Endpoint& endpoint) {
    const http::Url url = http::parse_url("http://" + endpoint.to_string()).value();
    return std::move(*http::Client::make(loop_, url, nullptr, rng_));
  }
  json::value ask(Served& one, const std::string& method, const std::string& params = "[]") {
    http::Request request("POST", "/",
                          R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}");
    request.headers.add("Content-Type", "application/json");
    const auto answer = loop_.run(one.client->request(std::move(request), loop_.now() + seconds(5)));
    return json::parse(answer.value().body);
  }
  bool wait_until(const std::function<bool()>& condition) { return test::wait_until(loop_, condition); }

  ReactorLoop loop_;
  WorkerPool pool_;
  SystemRng rng_;
  opstack::RollupConfig rollup_;
  std::array<Served, 2> served_;
};

Task<void> occupy(Loop& loop, WorkerPool& pool, std::shared_future<void> released) {
  const auto job = [released] {
    released.wait();
    return true;
  };
  (void)co_await pool.run(loop, job);
}

Task<void> answer_to(ApiParts& parts, json::array params, std::optional<rpc::MethodAnswer>& answer) {
  answer = co_await post_unsafe_payload(parts, std::move(params));
}

TEST_F(NodeRpc, BlocksAreReadOnThePool) {
  const opstack::Envelope block = BlockBuilder(rollup_, 3, 100, rng_).next(unix_seconds(loop_.wall_now()));
  ApiParts parts = parts_of(*served_[1].node, "v1");
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  Scope tasks(loop_);
  for (std::size_t i = 0; i < WorkerPool::default_threads(); ++i) tasks.spawn(occupy(loop_, pool_, released));
  std::optional<rpc::MethodAnswer> answer;
  tasks.spawn(answer_to(parts, json::array{json::parse(to_json(block))}, answer));
  // The loop goes on while no thread is free for the block.
  (void)ask(served_[1], "opwire_status");
  EXPECT_FALSE(answer);
  release.set_value();
  loop_.run(tasks.join());
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ(**answer, "null");
}

TEST_F(NodeRpc, ABlockGoesFromOneToTheOther) {
  Served& sequencer = served_[0];
  Served& follower = served_[1];
  ASSERT_TRUE(wait_until([&] { return follower.node->status().mesh.at("/optimism/901/3/blocks") > 0; }));
  auto socket = std::move(*loop_.run(follower.client->open_websocket({}, loop_.now() + seconds(5))));
  const auto hear = [&] { return json::parse(loop_.run(socket->receive()).value().data); };
  const std::string subscribe =
      R"({"jsonrpc":"2.0","id":1,"method":"opwire_subscribe","params":["unsafeBlocks",{"payload":true}]})";
  ASSERT_TRUE(loop_.run(socket->send(http::WebSocketMessage(subscribe, true))));
  ASSERT_EQ(hear().at("result").as_string(), "0x1");

  const opstack::Envelope block = BlockBuilder(rollup_, 3, 100, rng_).next(unix_seconds(loop_.wall_now()));
  const std::string params = "[" + to_json(block) + "]";
  const std::string refused =
      json::serialize(ask(follower, "opstack_publishBlockV1", params).at("error").at("message"));
  EXPECT_EQ(refused.find("\"this node has no key to sign blocks with"), 0u) << refused;
  EXPECT_TRUE(ask(sequencer, "opstack_publishBlockV1", params).at("result").is_null());
  const json::value told = hear().at("params").at("result");
  EXPECT_EQ(told.at("block").at("number").as_int64(), 1);
  EXPECT_EQ(opstack::parse_envelope_json(json::serialize(told.at("envelope"))).value(), block);
  EXPECT_EQ(ask(follower, "opwire_status").at("result").at("blocks").at("accepted").as_int64(), 1);
  const auto head = [&] { return ask(follower, "optimism_syncStatus").at("result").at("unsafe_l2"); };
  EXPECT_TRUE(wait_until([&] { return head().at("number").as_int64() == 1; })) << json::serialize(head());
  EXPECT_EQ(head().at("hash").as_string(), codec::to_hex0x(block.payload.block_hash.view()));
  auto scraper = client_of(*follower.endpoints->metrics_endpoint());
  const auto scraped = loop_.run(scraper->request(http::Request("GET", "/metrics"), loop_.now() + seconds(5)));
  EXPECT_NE(scraped.value().body.find("\nop_node_default_unsafe_payloads_total 1\n"), std::string::npos);
  EXPECT_NE(scraped.value().body.find(R"(requests_total{rpc="main",method="opwire_status"} 1)"), std::string::npos);
  loop_.run(scraper->close());
  loop_.run(socket->close());
}

TEST_F(NodeRpc, APortThatIsTakenIsNamed) {
  EndpointsConfig config;
  config.rpc = net::Endpoint::parse_ip("127.0.0.1", 0);
  config.metrics = served_[0].endpoints->metrics_endpoint();
  const auto taken = loop_.run(Endpoints::start(parts_of(*served_[0].node, "v1"), config));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().find("--metrics.addr, --metrics.port 127.0.0.1:"), 0u) << taken.error();
}

TEST_F(NodeRpc, PeersSeeEachOther) {
  const std::string one = served_[0].node->host().id().to_string();
  const auto sees = [&] { return ask(served_[1], "opp2p_peers", "[true]").at("result").at("peers").as_object(); };
  ASSERT_TRUE(wait_until([&] {
    const json::object peers = sees();
    return peers.contains(one) && !peers.at(one).at("protocols").is_null();
  }));
  const json::value peer = sees().at(one);
  EXPECT_EQ(peer.at("userAgent").as_string(), "optimism");
  EXPECT_EQ(peer.at("connectedness").as_int64(), 1);
  EXPECT_EQ(peer.at("direction").as_int64(), 2);
  EXPECT_TRUE(peer.at("protected").as_bool()) << "static peers are";
  const json::value self = ask(served_[0], "opp2p_self").at("result");
  EXPECT_EQ(self.at("nodeID"), peer.at("nodeID"));
  EXPECT_EQ(self.at("peerID").as_string(), one);
  EXPECT_EQ(ask(served_[0], "opp2p_peerStats").at("result").at("connected").as_int64(), 1);
  EXPECT_TRUE(wait_until([&] { return sees().at(one).at("gossipBlocks").as_bool(); }));
  EXPECT_EQ(ask(served_[1], "opp2p_peerStats").at("result").at("blocksTopicV4").as_int64(), 1);
}

}  // namespace
}  // namespace opwire::node
