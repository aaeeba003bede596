#include "opwire/opstack/discovery/peer_finder.hpp"

#include <gtest/gtest.h>

#include "opwire/base/log.hpp"
#include "opwire/opstack/discovery/network_for_test.hpp"
#include "opwire/opstack/discovery/records_for_test.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::opstack {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::FakeNetwork;
using test::peer_of;
using test::record_of;
using Answer = FakeNetwork::Answer;

constexpr ChainId kChain{10};
constexpr ChainId kOther{8453};

/// Gives what the test has put in, so many at each lookup.
class FakeNodes final : public NodeFinder, public RecordSource {
 public:
  explicit FakeNodes(Loop& loop) : loop_(loop) {}
  Task<std::vector<discv5::RecordPtr>> lookup(discv5::NodeId) override {
    lookups.push_back(loop_.now());
    co_await sleep_for(loop_, milliseconds(300));
    co_return take();
  }
  Task<std::vector<discv5::RecordPtr>> more() override {
    questions.push_back(loop_.now());
    co_return take();
  }
  std::size_t table_size() const override { return 7; }
  std::size_t table_live() const override { return 5; }

  std::vector<discv5::RecordPtr> left;
  std::size_t at_once = 16;
  std::vector<TimePoint> lookups, questions;

 private:
  std::vector<discv5::RecordPtr> take() {
    const std::size_t n = std::min(at_once, left.size());
    std::vector<discv5::RecordPtr> some(left.end() - static_cast<std::ptrdiff_t>(n), left.end());
    left.resize(left.size() - n);
    return some;
  }
  Loop& loop_;
};

class FakeStore final : public discv5::NodeStore {
 public:
  void put(const discv5::KnownNode& node) override { nodes.insert_or_assign(node.record->id(), node); }
  void forget(const discv5::NodeId& id) override { nodes.erase(id); }
  Task<Result<std::vector<discv5::KnownNode>>> load() override {
    if (broken) co_return opwire::errors::kSystem;
    std::vector<discv5::KnownNode> all;
    for (const auto& [id, node] : nodes) all.push_back(node);
    co_return all;
  }
  Task<Result<void>> flush() override { co_return Result<void>(); }

  std::map<discv5::NodeId, discv5::KnownNode> nodes;
  bool broken = false;
};

class PeerFinderTest : public testing::Test {
 protected:
  PeerFinderTest() { make(PeerFinderOptions(kChain)); }
  ~PeerFinderTest() override { close(); }
  void make(const PeerFinderOptions& options, RecordSource* source = nullptr) {
    close();
    finder_ = std::make_unique<PeerFinder>(network_, rng_, options, &store_, source);
  }
  void close() {
    if (finder_) loop_.run(finder_->close());
  }
  void find(std::uint64_t from, std::uint64_t to, ChainId chain = kChain) {
    for (std::uint64_t i = from; i < to; ++i) nodes_.left.push_back(record_of(i, chain, "10.0.0.1"));
  }
  void record(std::uint64_t number, ChainId chain = kChain) {
    finder_->on_record(record_of(number, chain, "10.0.0.1"));
  }
  std::size_t connected() const { return network_.connected_peers().size(); }
  std::size_t dials_of(std::uint64_t number) const {
    const PeerId peer = peer_of(number);
    return static_cast<std::size_t>(
        std::ranges::count_if(network_.dials, [&](const auto& dial) { return dial.first == peer; }));
  }

  SimulatedLoop loop_;
  SeededRng rng_{1};
  FakeNetwork network_{loop_, peer_of(1)};
  FakeNodes nodes_{loop_};
  FakeStore store_;
  std::unique_ptr<PeerFinder> finder_;
};

TEST_F(PeerFinderTest, ReachesTheGoalAndStopsDialling) {
  find(2, 100);
  finder_->start(nodes_);
  loop_.run_for(seconds(10));
  EXPECT_GE(connected(), 20u);
  EXPECT_LE(connected(), 23u);
  EXPECT_EQ(network_.most_dialling, 4u);
  const std::size_t before = network_.dials.size(), lookups = nodes_.lookups.size();
  loop_.run_for(minutes(30));
  EXPECT_EQ(network_.dials.size(), before);
  EXPECT_LE(nodes_.lookups.size(), lookups + 6);  // one every five minutes
  EXPECT_GE(nodes_.lookups.size(), lookups + 5);
}

TEST_F(PeerFinderTest, DialsAtOnceAndRefillsAfterALoss) {
  for (std::uint64_t i = 2; i < 60; ++i) record(i);
  finder_->start(nodes_);
  loop_.run_for(seconds(1));
  ASSERT_GE(connected(), 20u);
  loop_.run_for(minutes(10));
  const std::vector<PeerId> peers = network_.connected_peers();
  for (std::size_t i = 0; i < 10; ++i) network_.disconnect(peers[i]);
  loop_.run_for(seconds(1));
  EXPECT_GE(connected(), 20u);
}

TEST_F(PeerFinderTest, ALossMakesTheNextLookupSoon) {
  for (std::uint64_t i = 2; i < 22; ++i) record(i);
  finder_->start(nodes_);
  loop_.run_for(minutes(7));
  ASSERT_EQ(connected(), 20u);
  const std::size_t before = nodes_.lookups.size();
  network_.answers[peer_of(2)] = Answer::kRefuses;
  network_.disconnect(peer_of(2));
  loop_.run_for(seconds(2));
  EXPECT_GE(nodes_.lookups.size(), before + 2);
}

TEST_F(PeerFinderTest, LookupsThatBringNothingSlowDownAndAreFastAgainWhenSomethingComes) {
  finder_->start(nodes_);
  loop_.run_for(minutes(5));
  const auto pause = [&](std::size_t i) { return nodes_.lookups[i + 1] - nodes_.lookups[i] - milliseconds(300); };
  EXPECT_EQ(pause(0), seconds(1));
  EXPECT_EQ(pause(1), seconds(2));
  EXPECT_EQ(pause(nodes_.lookups.size() - 2), seconds(20));
  record(2);
  const std::size_t before = nodes_.lookups.size();
  loop_.run_for(seconds(5));
  EXPECT_GE(nodes_.lookups.size(), before + 2);
}

TEST_F(PeerFinderTest, ForeignChainsAreCountedAndNeverDialled) {
  find(2, 50, kOther);
  finder_->start(nodes_);
  for (std::uint64_t i = 2; i < 50; ++i) record(i, kOther);
  finder_->on_record(record_of(60, kChain, "10.0.0.1", 1, 1));
  finder_->on_record(std::make_shared<discv5::NodeRecord>(discv5::NodeRecordDraft().sign(test::key_of(61), 1).value()));
  loop_.run_for(minutes(5));
  EXPECT_TRUE(network_.dials.empty());
  const PeerFinderStatus status = finder_->status();
  EXPECT_EQ(status.foreign.by_chain.at(kOther), 48u);
  EXPECT_EQ(status.foreign.by_chain.at(kChain), 1u);  // of another version
  EXPECT_EQ(status.foreign.no_chain, 1u);
  EXPECT_EQ(status.candidates, 0u);
}

TEST_F(PeerFinderTest, NoMoreThan64ChainsAreTold) {
  for (std::uint64_t i = 100; i < 200; ++i) record(2, ChainId{i});
  const PeerFinderStatus status = finder_->status();
  EXPECT_EQ(status.foreign.by_chain.size(), 64u);
  EXPECT_EQ(status.foreign.other_chains, 36u);
}

TEST_F(PeerFinderTest, OfManyForeignOnesTheFewOfOurChainAreFoundAtOnce) {
  for (std::uint64_t i = 2; i < 602; ++i) record(i, i % 25 == 0 ? kChain : kOther);  // 96 % foreign
  finder_->start(nodes_);
  loop_.run_for(seconds(2));
  EXPECT_GE(connected(), 20u);
  EXPECT_EQ(network_.dials.size(), connected());
}

TEST_F(PeerFinderTest, SlowDialsDoNotStallTheIntakeAndEndAtTheLimit) {
  for (std::uint64_t i = 2; i < 6; ++i) {
    network_.answers[peer_of(i)] = Answer::kHangs;
    record(i);
  }
  finder_->start(nodes_);
  loop_.run_for(seconds(1));
  EXPECT_EQ(network_.dialling, 4u);
  for (std::uint64_t i = 10; i < 500; ++i) record(i);
  EXPECT_EQ(finder_->status().candidates, 494u);
  EXPECT_GE(nodes_.lookups.size(), 1u);
  loop_.run_for(seconds(11));
  EXPECT_GE(connected(), 20u);
  EXPECT_EQ(network_.dialling, 0u);
  EXPECT_EQ(finder_->status().dials_failed, 4u);
  EXPECT_TRUE(finder_->status().last_dial_error->is(opwire::errors::kTimeout));
}

TEST_F(PeerFinderTest, WhoRefusesIsDialledLessAndLessOften) {
  network_.answers[peer_of(2)] = Answer::kRefuses;
  record(2);
  finder_->start(nodes_);
  loop_.run_for(hours(1));
  EXPECT_GE(dials_of(2), 9u);
  EXPECT_LE(dials_of(2), 16u);
  EXPECT_EQ(finder_->status().dials_tried, dials_of(2));
  EXPECT_EQ(finder_->status().dials_failed, dials_of(2));
}

TEST_F(PeerFinderTest, RemembersWhatItLearnsOfAPeer) {
  record(2);
  EXPECT_EQ(network_.store.known.at(peer_of(2)).front().to_string(), "/ip4/10.0.0.1/tcp/9222");
  EXPECT_EQ(network_.store.ttls.at(peer_of(2)), hours(24));
  EXPECT_TRUE(network_.store.keys.contains(peer_of(2)));
  EXPECT_EQ(network_.values.values.at(peer_of(2)).at("opstack-10-0"), 42);
}

TEST_F(PeerFinderTest, TagsDiscoveredPeersAgainWhenTheyConnect) {
  record(2);
  network_.values.values.clear();
  finder_->start(nodes_);
  loop_.run_for(seconds(1));
  EXPECT_EQ(network_.values.values.at(peer_of(2)).at("opstack-10-0"), 42);
  network_.open(peer_of(3));
  EXPECT_FALSE(network_.values.values.contains(peer_of(3)));
}

TEST_F(PeerFinderTest, LeavesItselfStaticPeersAndConnectedOnesAlone) {
  network_.values.protect(peer_of(2), kStaticTag);
  network_.open(peer_of(3));
  for (std::uint64_t i = 1; i < 6; ++i) record(i);
  network_.values.protect(peer_of(4), kStaticTag);
  finder_->start(nodes_);
  loop_.run_for(minutes(1));
  ASSERT_EQ(network_.dials.size(), 1u);
  EXPECT_EQ(network_.dials[0].first, peer_of(5));
}

TEST_F(PeerFinderTest, PeersThatCameToUsCountForTheGoal) {
  for (std::uint64_t i = 100; i < 120; ++i) network_.open(peer_of(i));
  for (std::uint64_t i = 2; i < 30; ++i) record(i);
  finder_->start(nodes_);
  loop_.run_for(minutes(1));
  EXPECT_TRUE(network_.dials.empty());
}

TEST_F(PeerFinderTest, ARestartFindsPeersWithNoBootnode) {
  finder_->start(nodes_);
  for (std::uint64_t i = 2; i < 30; ++i) finder_->on_live(record_of(i, kChain, "10.0.0.1"));
  for (std::uint64_t i = 100; i < 350; ++i) finder_->on_live(record_of(i, kOther, "10.0.0.1"));
  EXPECT_EQ(store_.nodes.size(), 28u + 200u);
  loop_.run_for(seconds(5));
  for (const PeerId& peer : network_.connected_peers()) network_.disconnect(peer);
  make(PeerFinderOptions(kChain));
  const auto records = loop_.run(finder_->restore());
  ASSERT_EQ(records.size(), 228u);
  for (std::size_t i = 0; i < 28; ++i) EXPECT_TRUE(is_of_chain(*records[i], kChain));
  finder_->start(nodes_);
  loop_.run_for(seconds(1));
  EXPECT_GE(connected(), 20u);
}

TEST_F(PeerFinderTest, ForeignNodesThatAnsweredLongAgoMakeRoomInTheStore) {
  for (std::uint64_t i = 100; i < 310; ++i) finder_->on_live(record_of(i, kOther, "10.0.0.1"));
  const auto late = record_of(400, kOther, "10.0.0.1");
  finder_->on_live(late);
  EXPECT_FALSE(store_.nodes.contains(late->id()));
  loop_.run_for(hours(2));
  finder_->on_live(late);
  EXPECT_TRUE(store_.nodes.contains(late->id()));
  EXPECT_EQ(store_.nodes.size(), 200u);
}

TEST_F(PeerFinderTest, ABrokenStoreIsNoReasonNotToStart) {
  const log::Capture log;
  store_.broken = true;
  EXPECT_TRUE(loop_.run(finder_->restore()).empty());
  EXPECT_NE(log.text().find("cannot read the known nodes"), std::string::npos);
}

TEST_F(PeerFinderTest, TheStoreForgetsWhoNeitherAnswersNorCanBeDialled) {
  const auto dead = record_of(2, kChain, "10.0.0.1"), alive = record_of(3, kChain, "10.0.0.1"),
             foreign = record_of(4, kOther, "10.0.0.1");
  for (const auto& record : {dead, alive, foreign}) finder_->on_live(record);
  finder_->on_live(alive);
  EXPECT_EQ(store_.nodes.at(alive->id()).answers, 1u) << "not written again so soon";
  loop_.run_for(minutes(10));
  finder_->on_live(alive);
  EXPECT_EQ(store_.nodes.at(alive->id()).answers, 3u);
  network_.answers[peer_of(2)] = Answer::kRefuses;
  finder_->start(nodes_);
  loop_.run_for(seconds(1));
  for (const auto& record : {dead, alive, foreign}) finder_->on_gone(record->id());
  EXPECT_FALSE(store_.nodes.contains(dead->id()));
  EXPECT_TRUE(store_.nodes.contains(alive->id()));
  EXPECT_FALSE(store_.nodes.contains(foreign->id()));
}

TEST_F(PeerFinderTest, AFurtherSourceIsAskedWhenNobodyIsLeftToDial) {
  make(PeerFinderOptions(kChain), &nodes_);
  finder_->start(nodes_);
  loop_.run_for(minutes(1));
  EXPECT_GE(nodes_.questions.size(), 6u);
  EXPECT_LE(nodes_.questions.size(), 7u);
  find(2, 60);
  nodes_.at_once = 60;
  loop_.run_for(seconds(15));
  ASSERT_GE(connected(), 20u);
  const std::size_t before = nodes_.questions.size();
  loop_.run_for(hours(1));
  EXPECT_EQ(nodes_.questions.size(), before);
}

TEST_F(PeerFinderTest, CloseEndsWhatIsUnderWay) {
  for (std::uint64_t i = 2; i < 30; ++i) {
    network_.answers[peer_of(i)] = Answer::kHangs;
    record(i);
  }
  finder_->start(nodes_);
  loop_.run_for(seconds(1));
  ASSERT_EQ(network_.dialling, 4u);
  const TimePoint begun = loop_.now();
  loop_.run(finder_->close());
  EXPECT_LE(loop_.now() - begun, milliseconds(1));
  EXPECT_EQ(network_.dialling, 0u);
  EXPECT_TRUE(network_.observers.empty());
  finder_.reset();
}

TEST_F(PeerFinderTest, TellsHowItGoes) {
  network_.answers[peer_of(2)] = Answer::kRefuses;
  for (std::uint64_t i = 2; i < 5; ++i) record(i);
  finder_->start(nodes_);
  loop_.run_for(seconds(1));
  const PeerFinderStatus status = finder_->status();
  EXPECT_EQ(status.connected, 2u);
  EXPECT_EQ(status.goal, 20u);
  EXPECT_EQ(status.candidates, 3u);
  EXPECT_EQ(status.table_size, 7u);
  EXPECT_EQ(status.table_live, 5u);
  EXPECT_EQ(status.dials_tried, 3u);
  EXPECT_EQ(status.dials_succeeded, 2u);
  EXPECT_EQ(status.dials_failed, 1u);
  EXPECT_TRUE(status.last_dial_error->is(opwire::errors::kReset));
  EXPECT_GE(status.lookups, 1u);
}

}  // namespace
}  // namespace opwire::opstack
