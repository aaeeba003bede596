#include "opwire/node/reputation.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "opwire/node/block_builder.hpp"
#include "opwire/opstack/payload/errors.hpp"
#include "opwire/p2p/core/peer_store.hpp"
#include "opwire/p2p/core/stub_network.hpp"
#include "opwire/runtime/simulated_loop.hpp"
#include "opwire/store/folder_for_test.hpp"

namespace opwire::node {
namespace {

using namespace std::chrono_literals;

PeerId peer_of(std::uint64_t number) {
  SeededRng rng(number);
  return PeerId::of(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng).public_key());
}

class Peers final : public StubNetwork {
 public:
  explicit Peers(Loop& loop) : loop_(loop) {}
  Loop& loop() override { return loop_; }
  std::vector<PeerId> connected_peers() const override { return {connected.begin(), connected.end()}; }
  std::vector<ConnectionInfo> connections() const override {
    std::vector<ConnectionInfo> all;
    for (const PeerId& peer : connected) {
      all.push_back(ConnectionInfo{.peer = peer});
      all.back().remote = Multiaddr::parse_text("/ip4/203.0.113.7/tcp/1").value();
    }
    return all;
  }
  void disconnect(const PeerId& peer) override { connected.erase(peer); }
  const PeerId& local_peer() const override { return self_; }
  bool is_connected(const PeerId& peer) const override { return connected.contains(peer); }
  Task<Result<void>> connect(PeerId, std::vector<Multiaddr>) override { co_return opwire::errors::kClosed; }
  PeerStore& peerstore() override { return store_; }
  PeerTags& tags() override { return tags_; }
  void add_observer(NetworkObserver&) override {}
  void remove_observer(NetworkObserver&) override {}
  std::set<PeerId> connected;

 private:
  Loop& loop_;
  PeerId self_ = peer_of(0);
  StubPeerStore store_;
  StubPeerTags tags_;
};

class ReputationTest : public testing::Test {
 protected:
  ReputationTest() : config_(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_)) {
    config_.rollup = make_devnet_config(opstack::Fork::kIsthmus, 2, 1'700'000'000);
  }
  ~ReputationTest() override { stop(); }
  void start() {
    configured_ = std::make_unique<ConfiguredGate>(config_);
    reputation_ = std::make_unique<Reputation>(loop_, config_, *configured_);
    const auto started =
        loop_.run(reputation_->start(network_, snapshots(), config_.peerstore ? &store_thread_ : nullptr));
    ASSERT_TRUE(started) << started.error();
  }
  Reputation::GossipSnapshots snapshots() {
    return [this] {
      std::vector<gossipsub::ScoreSnapshot> all;
      for (const auto& [peer, score] : scores_) {
        gossipsub::ScoreSnapshot one{.peer = peer, .topics = {}};
        one.connected = network_.connected.contains(peer);
        one.score = score;
        all.push_back(std::move(one));
      }
      return all;
    };
  }
  void stop() {
    if (reputation_) loop_.run(reputation_->close());
    reputation_.reset();
  }
  bool may_come(const PeerId& peer) { return reputation_->gate().allow_peer_dial(peer); }

  SimulatedLoop loop_{from_unix_seconds(1'700'000'000)};
  SeededRng rng_{7};
  store::test::Folder folder_;
  WorkerPool store_thread_{0};
  Config config_;
  std::unique_ptr<ConfiguredGate> configured_;
  Peers network_{loop_};
  std::map<PeerId, double> scores_;
  std::unique_ptr<Reputation> reputation_;
};

TEST_F(ReputationTest, BansWhoFallsBelowTheThresholdForTheDuration) {
  start();
  network_.connected = {peer_of(1), peer_of(2)};
  scores_ = {{peer_of(1), -100}, {peer_of(2), -100.5}};
  loop_.run_for(20s);
  EXPECT_EQ(network_.connected, std::set<PeerId>{peer_of(1)});
  EXPECT_TRUE(may_come(peer_of(1)));
  EXPECT_FALSE(may_come(peer_of(2)));
  const auto bans = reputation_->books().bans().peers.list(loop_.wall_now());
  ASSERT_EQ(bans.size(), 1U);
  EXPECT_EQ(bans[0].ban.scores->gossip.total, -100.5);
  loop_.run_for(1h + 1s);
  EXPECT_TRUE(may_come(peer_of(2))) << "and its score has expired";
}

TEST_F(ReputationTest, BansNobodyWhenToldSo) {
  config_.bans.enabled = false;
  start();
  network_.connected = {peer_of(2)};
  scores_ = {{peer_of(2), -1000}};
  loop_.run_for(20s);
  for (int i = 0; i < 5; ++i) reputation_->on_block_refused(peer_of(2), opstack::errors::kBlockHash);
  EXPECT_TRUE(network_.connected.contains(peer_of(2)));
  EXPECT_TRUE(may_come(peer_of(2)));
}

TEST_F(ReputationTest, NeverAStaticPeer) {
  const std::string id = peer_of(2).to_string();
  config_.static_peers = {Multiaddr::parse_text("/ip4/10.0.0.2/tcp/9222/p2p/" + id).value()};
  start();
  network_.connected = {peer_of(2)};
  scores_ = {{peer_of(2), -1000}};
  for (int i = 0; i < 5; ++i) reputation_->on_block_refused(peer_of(2), opstack::errors::kBlockHash);
  loop_.run_for(20s);
  EXPECT_TRUE(network_.connected.contains(peer_of(2)));
  EXPECT_TRUE(may_come(peer_of(2)));
}

TEST_F(ReputationTest, BlocksEndConnectionsWhenTheyAreEnforced) {
  start();
  network_.connected = {peer_of(1), peer_of(2)};
  ASSERT_TRUE(reputation_->books().blocks().block_peer(peer_of(2)));
  EXPECT_EQ(network_.connected.size(), 2u) << "as in op-node, a block ends no connection by itself";
  EXPECT_EQ(reputation_->enforce(), 1u);
  EXPECT_EQ(network_.connected, std::set<PeerId>{peer_of(1)});
  config_.blocked.networks = multiformats::IpNetworkList::parse("203.0.113.0/24").value();
  reputation_->set(config_);
  EXPECT_EQ(reputation_->enforce(), 1u);
  EXPECT_TRUE(network_.connected.empty());
}

TEST_F(ReputationTest, WhatTheConfigurationSaysMayChange) {
  start();
  network_.connected = {peer_of(2)};
  scores_ = {{peer_of(2), -50}};
  loop_.run_for(20s);
  ASSERT_TRUE(network_.connected.contains(peer_of(2)));
  config_.bans.threshold = -40;
  config_.blocked.peers = {peer_of(5)};
  reputation_->set(config_);
  EXPECT_FALSE(may_come(peer_of(5)));
  EXPECT_FALSE(may_come(peer_of(2))) << "its stored score";
  loop_.run_for(2s);
  EXPECT_FALSE(network_.connected.contains(peer_of(2)));
  config_.bans.enabled = false;
  config_.blocked.peers.clear();
  reputation_->set(config_);
  EXPECT_TRUE(may_come(peer_of(5)));
  EXPECT_FALSE(may_come(peer_of(2))) << "its ban is not over";
}

TEST_F(ReputationTest, ThreeInvalidBlocksWithinTenMinutesAreEnough) {
  start();
  network_.connected = {peer_of(2)};
  for (int i = 0; i < 2; ++i) reputation_->on_block_refused(peer_of(2), opstack::errors::kBlockHash);
  loop_.run_for(10min + 1s);
  for (int i = 0; i < 2; ++i) reputation_->on_block_refused(peer_of(2), opstack::errors::kBlockHash);
  EXPECT_TRUE(may_come(peer_of(2)));
  reputation_->on_block_refused(peer_of(2), opstack::errors::kBlockHash);
  EXPECT_FALSE(may_come(peer_of(2)));
  EXPECT_FALSE(network_.connected.contains(peer_of(2)));
}

TEST_F(ReputationTest, AnswersCountInTheApplicationsScoreAndDecayWhileConnected) {
  start();
  network_.connected = {peer_of(2)};
  for (int i = 0; i < 6; ++i) reputation_->on_rejected_answer(peer_of(2));
  reputation_->on_failed_answer(peer_of(2));
  reputation_->on_valid_answer(peer_of(2));
  EXPECT_DOUBLE_EQ(reputation_->app_score(peer_of(2)), -120.5);
  loop_.run_for(3s);
  EXPECT_NEAR(reputation_->app_score(peer_of(2)), -120.5 * 0.9261187, 0.001);
  network_.connected.clear();
  loop_.run_for(60s);
  EXPECT_NEAR(reputation_->app_score(peer_of(2)), -120.5 * 0.9261187, 0.001);
}

TEST_F(ReputationTest, ARestartKeepsBansBlocksAndScores) {
  config_.peerstore.emplace().file = folder_ / "peers";
  start();
  reputation_->on_failed_answer(peer_of(3));
  reputation_->ban(peer_of(2), loop_.wall_now() + 1h, "for a test");
  ASSERT_TRUE(reputation_->books().blocks().block_peer(peer_of(4)));
  stop();
  network_.connected = {peer_of(2), peer_of(3)};
  start();
  EXPECT_EQ(network_.connected, std::set<PeerId>{peer_of(3)}) << "who was in before the books were read";
  EXPECT_FALSE(may_come(peer_of(2)));
  EXPECT_FALSE(may_come(peer_of(4)));
  EXPECT_EQ(reputation_->app_score(peer_of(3)), -1);
  EXPECT_EQ(reputation_->books().bans().peers.find(peer_of(2), loop_.wall_now())->reason, "for a test");
}

TEST_F(ReputationTest, WhatIsKilledIsAtMostTenSecondsOld) {
  config_.peerstore.emplace().file = folder_ / "peers";
  start();
  reputation_->ban(peer_of(2), loop_.wall_now() + 1h, "for a test");
  loop_.run_for(PeerBooks::kWriteEvery + 1s);
  std::filesystem::copy_file(folder_ / "peers", folder_ / "killed");
  stop();
  config_.peerstore->file = folder_ / "killed";
  start();
  EXPECT_FALSE(may_come(peer_of(2)));
}

}  // namespace
}  // namespace opwire::node
