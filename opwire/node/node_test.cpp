#include "opwire/node/node.hpp"
#include "opwire/node/wait_for_test.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/hex.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/node/block_builder.hpp"
#include "opwire/opstack/gossip/errors.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire::node {
namespace {

using opstack::Fork;

class Collector final : public opstack::BlockSink {
 public:
  explicit Collector(Loop& loop) : arrived(loop) {}
  void on_block(const opstack::AcceptedBlock& block) override {
    blocks.push_back(block);
    arrived.notify_all();
  }
  std::vector<opstack::AcceptedBlock> blocks;
  Event arrived;
};

/// A line of nodes on loopback: each dials the one before; the first one signs.
class NodeTest : public testing::Test {
 protected:
  void start(std::size_t count, Fork fork) {
    rollup_ = make_devnet_config(fork, 2, unix_seconds(loop_.wall_now()));
    const auto signer = crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_);
    for (std::size_t i = 0; i < count; ++i) {
      Config config(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_));
      config.rollup = rollup_;
      config.unsafe_block_signer = crypto::ethereum_address(signer.public_key().data()).value();
      config.listen = {Multiaddr::parse_text("/ip4/127.0.0.1/tcp/0").value()};
      if (i == 0) config.sequencer_key = codec::to_hex(signer.data());
      if (i > 0) config.static_peers = {nodes_.back()->host().addresses().front()};
      auto node = Node::make(loop_, pool_, std::move(config));
      ASSERT_TRUE(node) << node.error();
      sinks_.push_back(std::make_unique<Collector>(loop_));
      (*node)->add_sink(*sinks_.back());
      nodes_.push_back(std::move(*node));
    }
  }
  ~NodeTest() override {
    for (auto& node : nodes_) loop_.run(node->close());
  }

  bool wait_until(const std::function<bool()>& condition) { return test::wait_until(loop_, condition); }
  bool wait_for_mesh(const std::string& topic) {
    return wait_until([&] {
      return std::all_of(nodes_.begin(), nodes_.end(),
                         [&](const auto& node) { return node->status().mesh.at(topic) > 0; });
    });
  }

  ReactorLoop loop_;
  WorkerPool pool_;
  SystemRng rng_;
  opstack::RollupConfig rollup_;
  std::vector<std::unique_ptr<Collector>> sinks_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

TEST_F(NodeTest, BlocksTravelOverTwoHopsAndAreAccepted) {
  start(3, Fork::kIsthmus);
  ASSERT_TRUE(wait_for_mesh("/optimism/901/3/blocks"));
  for (const std::size_t size : {10u, 30'000u}) {  // checked on the loop, and on the pool
    BlockBuilder builder(rollup_, 5, size, rng_);
    sinks_[1]->blocks.clear();
    sinks_[2]->blocks.clear();
    for (std::uint64_t i = 0; i < 3; ++i) {
      const opstack::Envelope block = builder.next(unix_seconds(loop_.wall_now()));
      const auto published = loop_.run(nodes_[0]->publish(block));
      ASSERT_TRUE(published) << published.error().message();
      ASSERT_TRUE(wait_until([&] { return sinks_[2]->blocks.size() == i + 1; }));
      EXPECT_EQ(sinks_[2]->blocks.back().envelope, block);
      EXPECT_EQ(sinks_[2]->blocks.back().from, nodes_[1]->host().id());
    }
    EXPECT_EQ(sinks_[1]->blocks.size(), 3u);
  }
  EXPECT_TRUE(sinks_[0]->blocks.empty()) << "own blocks are not received";
  EXPECT_EQ(nodes_[2]->status().accepted, 6u);
  EXPECT_EQ(nodes_[2]->status().rejected, 0u);
  // Two builders made other blocks of the same three heights.
  for (const auto& node : nodes_) EXPECT_EQ(node->equivocations().total(), 3u);
  const opstack::Equivocation& one = nodes_[2]->equivocations().all().front();
  ASSERT_EQ(one.blocks.size(), 2u);
  EXPECT_EQ(one.number, BlockNumber{1});
  EXPECT_EQ(one.blocks[1].from, nodes_[1]->host().id());
  EXPECT_EQ(one.blocks[1].block.signer, nodes_[0]->config().unsafe_block_signer);
  EXPECT_EQ(nodes_[0]->equivocations().all().front().blocks[1].from, std::nullopt) << "its own";
}

TEST_F(NodeTest, PublishingNeedsAKeyAndAValidBlock) {
  start(2, Fork::kIsthmus);
  BlockBuilder builder(rollup_, 1, 10, rng_);
  const std::uint64_t now = unix_seconds(loop_.wall_now());
  const auto keyless = loop_.run(nodes_[1]->publish(builder.next(now)));
  ASSERT_FALSE(keyless);
  EXPECT_TRUE(keyless.error().is(opstack::errors::kNoSigner));
  const auto stale = loop_.run(nodes_[0]->publish(builder.next(now - 100)));
  ASSERT_FALSE(stale);
  EXPECT_TRUE(stale.error().is(opstack::errors::kTooOld));
  EXPECT_EQ(nodes_[0]->block_counts().publishing_errors, 1u);
  EXPECT_GE(unix_seconds(nodes_[0]->block_counts().last_publishing_error), now);
}

TEST_F(NodeTest, PeersFindEachOtherAgain) {
  start(2, Fork::kEcotone);
  ASSERT_TRUE(wait_for_mesh("/optimism/901/2/blocks"));
  nodes_[1]->host().network().disconnect(nodes_[0]->host().id());
  ASSERT_TRUE(wait_until([&] { return nodes_[1]->status().peers == 0; }));
  EXPECT_TRUE(wait_until([&] { return nodes_[1]->status().peers == 1; }));
}

TEST_F(NodeTest, ItsConfigurationMayChange) {
  start(2, Fork::kIsthmus);
  Node& a = *nodes_[0];
  ASSERT_TRUE(loop_.run(nodes_[1]->start()));
  ASSERT_TRUE(wait_until([&] { return a.status().peers == 1; }));
  LiveConfig next = nodes_[1]->config().live();
  EXPECT_TRUE(nodes_[1]->reconfigure(next).value().empty());
  next.peers.hi = 0;
  const auto refused = nodes_[1]->reconfigure(next);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("--p2p.peers.hi"), std::string::npos);
  EXPECT_EQ(nodes_[1]->config().peers.hi, 30u);
  next.peers.hi = 40;
  next.limits.inbound = 7;
  next.static_peers.clear();
  next.blocked.peers = {a.host().id()};
  const std::vector<std::string> changed{"static peers", "blocks", "waters", "limits"};
  EXPECT_EQ(nodes_[1]->reconfigure(next).value(), changed);
  EXPECT_EQ(nodes_[1]->host().limits().limits.connections.inbound, 7u);
  EXPECT_EQ(nodes_[1]->host().limits().manager.high, 40u);
  EXPECT_TRUE(wait_until([&] { return a.status().peers == 0; })) << "who is blocked goes at once";
  next.blocked.peers.clear();
  next.static_peers = {a.host().addresses().front()};
  EXPECT_TRUE(nodes_[1]->reconfigure(next));
  EXPECT_TRUE(wait_until([&] { return a.status().peers == 1; }));
}

TEST_F(NodeTest, WithoutP2pItTalksToNobodyAndPublishingSucceedsSilently) {
  start(1, Fork::kIsthmus);
  Config config = nodes_[0]->config();
  config.p2p = false;
  config.listen.clear();
  config.sequencer_key.reset();
  auto node = Node::make(loop_, pool_, std::move(config));
  ASSERT_TRUE(node) << node.error();
  EXPECT_TRUE((*node)->host().addresses().empty());
  BlockBuilder builder(rollup_, 1, 10, rng_);
  EXPECT_TRUE(loop_.run((*node)->publish(builder.next(unix_seconds(loop_.wall_now())))));
  nodes_.push_back(std::move(*node));
}

TEST(NodePeers, AreKeptBetweenTheWaters) {
  ReactorLoop loop;
  WorkerPool pool;
  SystemRng rng;
  const auto key = [&rng] { return crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng); };
  const auto any_port = Multiaddr::parse_text("/ip4/127.0.0.1/tcp/0").value();
  Config config(key());
  config.rollup = make_devnet_config(Fork::kIsthmus, 2, unix_seconds(loop.wall_now()));
  config.listen = {any_port};
  config.peers.lo = 1;
  config.peers.hi = 3;
  config.peers.grace = Duration::zero();
  const auto node = Node::make(loop, pool, std::move(config)).value();
  std::vector<std::unique_ptr<Host>> others;
  for (int i = 0; i < 3; ++i) {
    others.push_back(Host::make(loop, HostOptions(key())).value());
    ASSERT_TRUE(loop.run(others.back()->connect(node->host().addresses().front())));
  }
  const TimePoint limit = loop.now() + std::chrono::seconds(10);
  while (node->host().network().connected_peers().size() != 1 && loop.now() < limit) {
    loop.run(sleep_for(loop, std::chrono::milliseconds(5)));
  }
  EXPECT_EQ(node->host().network().connected_peers().size(), 1u);
  for (auto& other : others) loop.run(other->close());
  loop.run(node->close());
}

}  // namespace
}  // namespace opwire::node
