#include "opwire/node/chain_sync.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/hex.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/node/block_builder.hpp"
#include "opwire/node/errors.hpp"
#include "opwire/node/node.hpp"
#include "opwire/node/wait_for_test.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/store/folder_for_test.hpp"

namespace opwire::node {
namespace {

class CountingSink final : public opstack::RangeSink {
 public:
  bool on_proved(const opstack::Envelope&, const PeerId&) override { return ++count > 0; }
  std::size_t count = 0;
};

class CountingEvents final : public PeerEvents {
 public:
  void on_misbehaviour(const PeerId& peer, const Error& error, std::string_view) override {
    peers.push_back(peer);
    errors.push_back(error);
  }
  std::vector<PeerId> peers;
  std::vector<Error> errors;
};

Task<void> fetch(ChainSync& chain, opstack::BlockRange range, CountingSink& sink) {
  (void)co_await chain.fetch_range(range, sink);
}

/// A sequencer, and followers that dial it.
class ChainSyncTest : public testing::Test {
 protected:
  ChainSyncTest()
      : rollup_(make_devnet_config(opstack::Fork::kIsthmus, 1, unix_seconds(loop_.wall_now()) - 1000)),
        block_signer_(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_)),
        builder_(rollup_, 2, 100, rng_) {
    Config config = base_config();
    config.sequencer_key = codec::to_hex(block_signer_.data());
    config.sync_server.burst_per_peer = 30;
    sequencer_ = start(std::move(config));
  }
  ~ChainSyncTest() override {
    if (follower_) loop_.run(follower_->close());
    loop_.run(sequencer_->close());
  }

  Config base_config() {
    Config config(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_));
    config.rollup = rollup_;
    config.unsafe_block_signer = crypto::ethereum_address(block_signer_.public_key().data()).value();
    config.listen = {Multiaddr::parse_text("/ip4/127.0.0.1/tcp/0").value()};
    config.driver.emplace().from_genesis = true;
    return config;
  }
  Config follower_config() {
    Config config = base_config();
    config.static_peers = {sequencer_->host().addresses().front()};
    return config;
  }
  Config archiving_config() {
    Config config = follower_config();
    config.archive.emplace().file = folder_ / "payloads";
    config.driver->from_genesis = false;
    return config;
  }
  std::unique_ptr<Node> start(Config config) {
    auto node = Node::make(loop_, pool_, std::move(config)).value();
    const auto started = loop_.run(node->start());
    EXPECT_TRUE(started) << started.error();
    return node;
  }
  void follow(Config config) {
    follower_ = start(std::move(config));
    ASSERT_TRUE(wait_until([&] { return follower_->status().mesh.at("/optimism/901/3/blocks") > 0; }));
  }
  void stop_following() {
    loop_.run(follower_->close());
    follower_.reset();
  }
  void publish(std::uint64_t count) { publish(count, builder_); }
  void publish(std::uint64_t count, BlockBuilder& builder) {
    for (std::uint64_t i = 0; i < count; ++i) {
      blocks_.push_back(builder.next(unix_seconds(loop_.wall_now())));
      ASSERT_TRUE(loop_.run(sequencer_->publish(blocks_.back())));
    }
  }
  std::uint64_t head(const Node& node) const {
    const auto status = node.chain().status();
    return status && status->heads.head ? status->heads.head->number.value : 0;
  }
  bool follows_the_newest() const {
    const auto status = follower_->chain().status();
    return status && status->heads.head && status->heads.head->hash == blocks_.back().payload.block_hash;
  }
  /// So many blocks, and then as many in their place and one more.
  void publish_branch_of(std::uint64_t count) {
    BlockBuilder branch = builder_;
    publish(count);
    ASSERT_TRUE(wait_until([&] { return follows_the_newest(); }));
    publish(count + 1, branch);
  }
  void expect_branch_is_followed() {
    publish(2);
    publish_branch_of(4);
    EXPECT_TRUE(wait_until([&] { return follows_the_newest(); })) << head(*follower_);
    EXPECT_EQ(follower_->status().chain->queued, 0U);
  }
  bool wait_until(const std::function<bool()>& condition) {
    return test::wait_until(loop_, condition, std::chrono::seconds(15));
  }

  ReactorLoop loop_;
  WorkerPool pool_;
  SystemRng rng_;
  store::test::Folder folder_;
  opstack::RollupConfig rollup_;
  crypto::PrivateKey block_signer_;
  BlockBuilder builder_;
  std::vector<opstack::Envelope> blocks_;  // from number 1
  CountingEvents events_;
  std::unique_ptr<Node> sequencer_;
  std::unique_ptr<Node> follower_;
};

TEST_F(ChainSyncTest, WhoComesLateCatchesUpFromGenesis) {
  publish(8);
  EXPECT_TRUE(wait_until([&] { return head(*sequencer_) == 8; })) << "own blocks move the own head";
  follow(follower_config());
  publish(1);
  EXPECT_TRUE(wait_until([&] { return head(*follower_) == 9; })) << head(*follower_);
  EXPECT_EQ(follower_->status().chain->heads.head->hash, blocks_[8].payload.block_hash);
  EXPECT_EQ(sequencer_->chain().served()->answers[0], 8U);
}

TEST_F(ChainSyncTest, GoesOnFromItsArchiveAfterARestart) {
  publish(2);
  follow(archiving_config());
  publish(3);
  ASSERT_TRUE(wait_until([&] { return head(*follower_) == 5; }));
  stop_following();
  publish(3);
  follow(archiving_config());
  EXPECT_EQ(head(*follower_), 5U) << "where it was";
  publish(1);
  ASSERT_TRUE(wait_until([&] { return head(*follower_) == 9; })) << head(*follower_);
  stop_following();

  WorkerPool store_thread(1);
  const store::PayloadArchiveOptions options(folder_ / "payloads", rollup_.l2_chain_id);
  auto archive = loop_.run(store::PayloadArchive::open(loop_, store_thread, options)).value();
  EXPECT_EQ(archive->status().stored.head, (opstack::BlockId{blocks_[8].payload.block_hash, {9}}));
  for (std::uint64_t number = 3; number <= 9; ++number) {
    const auto found = loop_.run(archive->by_number({number})).value();
    ASSERT_TRUE(found) << number;
    const bool fetched = number >= 6 && number <= 8;
    EXPECT_EQ(found->kind, fetched ? store::PayloadKind::kLinked : store::PayloadKind::kSigned) << number;
    EXPECT_EQ(found->hash, blocks_[number - 1].payload.block_hash);
  }
  EXPECT_FALSE(loop_.run(archive->by_number({2})).value()) << "before its first block, and no --backfill";
  loop_.run(archive->close());
}

TEST_F(ChainSyncTest, FetchesOlderBlocksWhenAsked) {
  publish(8);
  Config config = archiving_config();
  config.driver->backfill = 5;
  follow(std::move(config));
  publish(1);
  const auto lowest = [&] { return follower_->chain().archive()->status().stored.lowest; };
  EXPECT_TRUE(wait_until([&] { return lowest() == BlockNumber{4}; }));
  EXPECT_EQ(follower_->chain().status()->backfill_left, 0U);
}

TEST_F(ChainSyncTest, ServesItsChainAndNotWhatElseTheSequencerSigned) {
  follow(archiving_config());
  publish(3);
  ASSERT_TRUE(wait_until([&] { return head(*follower_) == 3; }));
  SeededRng rng(7);
  BlockBuilder other(rollup_, 1, 10, rng);
  (void)other.next(unix_seconds(loop_.wall_now()));
  const opstack::Envelope orphan = other.next(unix_seconds(loop_.wall_now()));
  ASSERT_TRUE(loop_.run(sequencer_->publish(orphan)));
  ASSERT_TRUE(wait_until([&] { return follower_->chain().archive()->status().stored.count == 4; }));
  ASSERT_TRUE(wait_until([&] { return sequencer_->chain().sync_peers() == 1; }));

  CountingSink sink;
  const opstack::BlockRange range({1}, {3}, blocks_[1].payload.block_hash);
  const auto fetched = loop_.run(sequencer_->chain().fetch_range(range, sink));
  EXPECT_TRUE(fetched) << fetched.error().message();
  EXPECT_EQ(sink.count, 1U);
}

TEST_F(ChainSyncTest, AnArchiveBelongsToOneNode) {
  follow(archiving_config());
  auto second = Node::make(loop_, pool_, archiving_config()).value();
  const auto started = loop_.run(second->start());
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().find("--archive.path: "), std::string::npos) << started.error();
  EXPECT_NE(started.error().find("payloads"), std::string::npos) << started.error();
  loop_.run(second->close());
}

TEST_F(ChainSyncTest, WhatIsKeptIsServedAndLimitsAreTheConfigurations) {
  std::vector<opstack::Envelope> kept;
  for (std::uint64_t i = 1; i <= 30; ++i) kept.push_back(builder_.next(rollup_.genesis.l2_time + i));
  for (const opstack::Envelope& block : kept) sequencer_->chain().keep(block);

  Config config = follower_config();
  config.driver.reset();
  config.sync_client.peers.burst = 30;
  follow(std::move(config));
  ASSERT_TRUE(wait_until([&] { return follower_->chain().sync_peers() == 1; }));
  CountingSink sink;
  const TimePoint began = loop_.now();
  const opstack::BlockRange range({0}, {30}, kept[28].payload.block_hash);
  ASSERT_TRUE(loop_.run(follower_->chain().fetch_range(range, sink)));
  EXPECT_EQ(sink.count, 29U);
  EXPECT_LT(loop_.now() - began, std::chrono::seconds(3)) << "by the limits of both sides it takes 3.5 s";
}

TEST_F(ChainSyncTest, ToldOfAllThatPeersDoWrong) {
  publish(3);
  Config config = follower_config();
  config.driver.reset();
  config.peer_events = &events_;
  follow(std::move(config));
  ASSERT_TRUE(wait_until([&] { return follower_->chain().sync_peers() == 1; }));
  CountingSink sink;
  const opstack::BlockRange wrong({0}, {4}, Hash256());
  EXPECT_FALSE(loop_.run(follower_->chain().fetch_range(wrong, sink))) << "no peer has a block of that hash";
  EXPECT_TRUE(events_.peers.empty()) << "nor is to blame for that";

  const opstack::BlockRange later({0}, {100'000}, Hash256());
  Scope scope(loop_);
  scope.spawn(fetch(follower_->chain(), later, sink));
  EXPECT_TRUE(wait_until([&] { return !events_.peers.empty(); }));
  scope.cancel();
  loop_.run(scope.join());
  EXPECT_EQ(events_.peers.front(), sequencer_->host().id());
  EXPECT_EQ(events_.errors.front().name(), "sync.invalid_request") << "what the sequencer calls the future";
}

TEST_F(ChainSyncTest, AnOperatorsBlockMovesTheHead) {
  follow(follower_config());
  SeededRng rng(7);
  BlockBuilder other(rollup_, 1, 10, rng);
  const opstack::Envelope block = other.next(unix_seconds(loop_.wall_now()));
  ASSERT_TRUE(follower_->chain().on_posted(block));
  EXPECT_TRUE(wait_until([&] { return head(*follower_) == 1; }));

  Config config = follower_config();
  config.driver.reset();
  stop_following();
  follow(std::move(config));
  EXPECT_EQ(follower_->chain().on_posted(block).error(), Error(errors::kNotDriven));
}

TEST_F(ChainSyncTest, FollowsTheSequencerToABranchWithBlocksOfItsArchive) {
  follow(archiving_config());
  expect_branch_is_followed();
  ASSERT_TRUE(follower_->chain().archive());
  stop_following();
  follow(archiving_config());
  EXPECT_EQ(head(*follower_), 7U) << "of the branch, after a restart";
  publish_branch_of(2);
  EXPECT_TRUE(wait_until([&] { return follows_the_newest(); }));
}

TEST_F(ChainSyncTest, FollowsTheSequencerToABranchWithBlocksOfItsPeers) {
  follow(follower_config());
  expect_branch_is_followed();
}

}  // namespace
}  // namespace opwire::node
