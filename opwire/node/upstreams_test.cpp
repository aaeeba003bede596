#include "opwire/node/upstreams.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/base64.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/node/block_builder.hpp"
#include "opwire/node/node.hpp"
#include "opwire/node/wait_for_test.hpp"
#include "opwire/opstack/driver/l1_info.hpp"
#include "opwire/opstack/signer/signing_hash.hpp"
#include "opwire/rpc/server_for_test.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::node {
namespace {

namespace json = boost::json;
using Results = std::map<std::string, std::function<std::string(const json::value& call)>>;

/// Answers by method; what it does not know is an error of JSON-RPC.
rpc::test::Answerer answers(const Results& results) {
  return [&results](const http::Request& request) {
    const json::value call = json::parse(request.body);
    const auto found = results.find(std::string(call.at("method").as_string()));
    if (found == results.end()) {
      return rpc::test::json_response(R"({"jsonrpc":"2.0","id":)" + rpc::test::id_of(request.body) +
                                      R"(,"error":{"code":-32601,"message":"no"}})");
    }
    return rpc::test::json_response(rpc::test::result_text(request.body, found->second(call)));
  };
}

class UpstreamsTest : public testing::Test {
 protected:
  UpstreamsTest()
      : rollup_(make_devnet_config(opstack::Fork::kIsthmus, 1, unix_seconds(loop_.wall_now()) - 1000)),
        key_(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_)),
        builder_(rollup_, 1, 100, rng_) {}
  ~UpstreamsTest() override {
    for (auto& node : nodes_) loop_.run(node->close());
    if (server_) server_->close(loop_);
  }

  Address signer() const { return crypto::ethereum_address(key_.public_key().data()).value(); }
  Config config() {
    Config config(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_));
    config.rollup = rollup_;
    config.unsafe_block_signer = signer();
    config.listen = {Multiaddr::parse_text("/ip4/127.0.0.1/tcp/0").value()};
    config.driver.emplace().from_genesis = true;
    return config;
  }
  http::Url serve() {
    server_.emplace(loop_, answers(results_));
    return http::parse_url(server_->url()).value();
  }
  Node& add(Config config) {
    nodes_.push_back(Node::make(loop_, pool_, std::move(config)).value());
    started_ = loop_.run(nodes_.back()->start());
    return *nodes_.back();
  }
  bool wait_until(const std::function<bool()>& condition) { return test::wait_until(loop_, condition); }

  ReactorLoop loop_;
  WorkerPool pool_;
  SystemRng rng_;
  opstack::RollupConfig rollup_;
  crypto::PrivateKey key_;
  BlockBuilder builder_;
  Results results_;
  std::optional<rpc::test::TestServer> server_;
  Result<void, std::string> started_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

TEST_F(UpstreamsTest, BlocksCountWhoseSignerL1Names) {
  const std::string hash = "\"0x" + std::string(64, '1') + "\"";
  results_["eth_chainId"] = [](const json::value&) { return "\"0x384\""; };
  results_["eth_getBlockByNumber"] = [&](const json::value&) {
    return R"({"hash":)" + hash + R"(,"number":"0x7","stateRoot":)" + hash + R"(,"timestamp":"0x65000000"})";
  };
  results_["eth_getStorageAt"] = [this](const json::value&) {
    return "\"0x" + std::string(24, '0') + codec::to_hex(signer().view()) + "\"";
  };
  Config sequencer = config();
  sequencer.sequencer_key = codec::to_hex(key_.data());
  Node& first = add(std::move(sequencer));
  Config follower = config();
  follower.unsafe_block_signer = Address{};  // the registry knows none
  follower.static_peers = {first.host().addresses().front()};
  follower.l1.emplace().url = serve();
  follower.l1->trust_rpc = true;
  Node& second = add(std::move(follower));
  ASSERT_TRUE(started_);
  ASSERT_TRUE(wait_until([&] { return second.signer_watch()->source() == opstack::SignerWatch::Source::kL1; }));
  EXPECT_EQ(second.signer_watch()->signer(), signer());
  ASSERT_TRUE(wait_until([&] { return second.status().mesh.at("/optimism/901/3/blocks") > 0; }));
  ASSERT_TRUE(loop_.run(first.publish(builder_.next(unix_seconds(loop_.wall_now())))));
  EXPECT_TRUE(wait_until([&] { return second.status().accepted == 1; }));
}

/// Refuses so many subscriptions, and remembers when each was asked for.
struct ReluctantCaller final : rpc::Caller {
  ReluctantCaller(Loop& on, int times) : loop(on), refusals(times) {}
  Task<Result<rpc::Reply>> call(std::string, std::string, TimePoint) override { co_return errors::kTimeout; }
  Task<Result<rpc::Reply>> subscribe(std::string, Sink, TimePoint) override {
    asked.push_back(loop.now());
    if (std::cmp_greater(asked.size(), refusals)) co_return rpc::Reply(json::value("0x1"));
    co_return rpc::Reply(rpc::Failure{-32601, "not now", {}});
  }
  Loop& loop;
  int refusals;
  std::vector<TimePoint> asked;
};

TEST(SubscribePatiently, ARefusalIsNoEnd) {
  SimulatedLoop loop;
  ReluctantCaller caller(loop, 6);
  loop.run(subscribe_patiently(loop, caller, "[]", [](const json::value&) {}, std::chrono::seconds(1)));
  ASSERT_EQ(caller.asked.size(), 7u);
  std::vector<std::int64_t> minutes;
  for (std::size_t i = 1; i < caller.asked.size(); ++i) {
    minutes.push_back(std::chrono::duration_cast<std::chrono::minutes>(caller.asked[i] - caller.asked[i - 1]).count());
  }
  EXPECT_EQ(minutes, (std::vector<std::int64_t>{1, 2, 4, 8, 10, 10}));
}

TEST_F(UpstreamsTest, SafeAndFinalizedBlocksAreTakenOver) {
  std::vector<opstack::L2BlockRef> chain;
  results_["optimism_syncStatus"] = [&](const json::value&) {
    const auto shown = [](const opstack::L2BlockRef& block) {
      return R"({"hash":")" + codec::to_hex0x(block.hash.view()) + R"(","number":)" +
             std::to_string(block.number.value) + R"(,"parentHash":")" + codec::to_hex0x(block.parent_hash.view()) +
             R"(","timestamp":)" + std::to_string(block.timestamp) + R"(,"l1origin":{"hash":")" +
             codec::to_hex0x(block.l1_origin.hash.view()) + R"(","number":)" +
             std::to_string(block.l1_origin.number.value) + R"(},"sequenceNumber":)" +
             std::to_string(block.sequence_number) + "}";
    };
    return R"({"safe_l2":)" + shown(chain.at(1)) + R"(,"finalized_l2":)" + shown(chain.at(0)) + "}";
  };
  Config ours = config();
  ours.driver->follow.emplace().url = serve();
  Node& node = add(std::move(ours));
  ASSERT_TRUE(started_);
  for (int i = 0; i < 3; ++i) {
    const opstack::Envelope block = builder_.next(unix_seconds(loop_.wall_now()));
    chain.push_back(opstack::block_ref(block.payload).value());
    ASSERT_TRUE(node.chain().on_posted(block));
  }
  const auto heads = [&] { return node.chain().status()->heads; };
  EXPECT_TRUE(wait_until([&] { return heads().safe == chain[1] && heads().finalized == chain[0]; }));
  EXPECT_EQ(heads().head, chain[2]);
}

Task<void> listen_only(http::WebSocket& socket, int& heard) {
  while (co_await socket.receive()) ++heard;
}

// A call is under way then, and an engine that is closed to us has not gone.
TEST_F(UpstreamsTest, AnOrdinaryStopIsNoLossOfTheEngine) {
  int heard = 0;
  const auto silent = [&heard](http::WebSocket& socket, const http::Request&, const http::PeerInfo&) {
    return listen_only(socket, heard);
  };
  server_.emplace(loop_, answers(results_), 0, silent);
  Config ours = config();
  ours.driver->engine.emplace().url = http::parse_url(server_->url("ws")).value();
  Node& node = add(std::move(ours));
  ASSERT_TRUE(started_);
  ASSERT_TRUE(wait_until([&] { return heard > 0; }));
  const log::Capture capture;
  loop_.run(node.close());
  nodes_.clear();
  EXPECT_EQ(capture.text().find("heads are read again"), std::string::npos) << capture.text();
}

TEST_F(UpstreamsTest, ARemoteSignerSignsWhatIsPublished) {
  results_["health_status"] = [](const json::value&) { return "\"v1\""; };
  results_["opsigner_signBlockPayload"] = [this](const json::value& call) {
    const Bytes hash =
        codec::from_base64(std::string_view(call.at("params").at(0).at("payloadHash").as_string())).value();
    const Hash256 digest = opstack::signing_hash(rollup_.l2_chain_id, *Hash256::from(hash));
    return "\"" + codec::to_hex0x(crypto::sign_recoverable(key_.data(), digest).value().view()) + "\"";
  };
  Config ours = config();
  ours.remote_signer.emplace().url = serve();
  ours.remote_signer->address = signer();
  Node& node = add(std::move(ours));
  ASSERT_TRUE(started_) << started_.error();
  // Nobody is there to take it, which gossip says; the signature has passed our own validator by then.
  const auto published = loop_.run(node.publish(builder_.next(unix_seconds(loop_.wall_now()))));
  EXPECT_TRUE(published || published.error().name().starts_with("gossipsub.")) << published.error().message();
}

TEST_F(UpstreamsTest, ASignerThatIsNotWellEndsTheStart) {
  Config ours = config();
  ours.remote_signer.emplace().url = serve();
  ours.remote_signer->address = signer();
  add(std::move(ours));
  ASSERT_FALSE(started_);
  EXPECT_TRUE(started_.error().starts_with("--signer.endpoint http://127.0.0.1:")) << started_.error();
}

}  // namespace
}  // namespace opwire::node
