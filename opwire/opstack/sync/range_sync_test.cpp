#include "opwire/opstack/sync/range_sync.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "opwire/opstack/sync/chain_for_test.hpp"
#include "opwire/opstack/sync/peers_for_test.hpp"

namespace opwire::opstack {
namespace {

using namespace std::chrono_literals;
using test::peer;
using Ask = RangeSync::Ask;

constexpr TimePoint kStart{1h};

/// A range of a chain, and peers that answer when they are told to.
class RangeSyncTest : public ::testing::Test {
 protected:
  RangeSyncTest() {
    PeerChoiceOptions options;
    options.rate = options.burst = 1e6;
    options.max_in_flight = 1000;
    peers_.emplace(options);
  }
  /// Blocks 1 to count, under the block count + 1.
  void begin(std::size_t count, std::size_t peers = 1, std::size_t bytes = 1000) {
    chain_ = test::make_chain(count + 2, bytes);
    for (std::size_t i = 1; i <= peers; ++i) peers_->add(peer(i));
    sync_.emplace(BlockRange{{0}, {count + 1}, chain_.at(count + 1).payload.parent_hash}, *peers_, options_);
  }
  Envelope block(BlockNumber number) const { return chain_.at(number.value); }
  void answer(const Ask& ask) { sync_->on_answer(ask, block(ask.number), now_); }
  void refuse(const Ask& ask, const ErrorKind& why) { sync_->on_answer(ask, why, now_); }
  std::vector<std::uint64_t> proved() {
    std::vector<std::uint64_t> numbers;
    for (const auto& each : sync_->take_proved()) numbers.push_back(each.envelope.payload.number.value);
    return numbers;
  }
  /// Answers everything until there is nothing more to ask.
  std::vector<std::uint64_t> finish() {
    std::vector<std::uint64_t> all = proved();
    for (int round = 0; round < 1000 && !sync_->done(); ++round) {
      const auto asks = sync_->asks(now_);
      if (asks.empty()) now_ = sync_->next_wake(now_).value();
      for (const Ask& ask : asks) answer(ask);
      for (const std::uint64_t number : proved()) all.push_back(number);
    }
    return all;
  }

  TimePoint now_ = kStart;
  std::optional<PeerChoice> peers_;
  RangeOptions options_;
  std::vector<Envelope> chain_;
  std::optional<RangeSync> sync_;
};

TEST_F(RangeSyncTest, ProvesARangeFromTheTopDown) {
  begin(5);
  EXPECT_EQ(finish(), (std::vector<std::uint64_t>{5, 4, 3, 2, 1}));
  EXPECT_TRUE(sync_->done());
  EXPECT_EQ(sync_->proved(), 5U);
  EXPECT_EQ(sync_->wanted(), 5U);
  EXPECT_EQ(sync_->quarantined_bytes(), 0U);
  EXPECT_EQ(sync_->quarantined(), 0U);
}

TEST_F(RangeSyncTest, AsksFromTheNewestToTheOldest) {
  begin(3);
  const auto asks = sync_->asks(now_);
  ASSERT_EQ(asks.size(), 3U);
  EXPECT_EQ(asks[0].number, BlockNumber{3});
  EXPECT_EQ(asks[2].number, BlockNumber{1});
}

TEST_F(RangeSyncTest, HoldsWhatArrivesAheadUntilItIsProved) {
  begin(3);
  const auto asks = sync_->asks(now_);
  answer(asks[2]);
  answer(asks[1]);
  EXPECT_TRUE(proved().empty());
  EXPECT_GT(sync_->quarantined_bytes(), 2000U);
  EXPECT_EQ(sync_->quarantined(), 2U);
  answer(asks[0]);
  EXPECT_EQ(proved(), (std::vector<std::uint64_t>{3, 2, 1}));
}

TEST_F(RangeSyncTest, AnEmptyRangeIsDone) {
  begin(3);
  for (const BlockRange& range :
       {BlockRange{{5}, {6}, {}}, BlockRange{{5}, {5}, {}}, BlockRange{{5}, {2}, {}}, BlockRange{{0}, {0}, {}}}) {
    RangeSync sync(range, *peers_);
    EXPECT_TRUE(sync.done());
    EXPECT_EQ(sync.wanted(), 0U);
    EXPECT_TRUE(sync.asks(now_).empty());
  }
}

// op-node's B12: the block in the place of the head is not asked for, so a wrong head stays.
TEST_F(RangeSyncTest, TheBlockInTheHeadsPlaceCanBeAskedFor) {
  begin(3);
  const BlockNumber head{2};
  RangeSync sync({{head.value - 1}, {head.value + 1}, chain_.at(3).payload.parent_hash}, *peers_);
  const auto asks = sync.asks(now_);
  ASSERT_EQ(asks.size(), 1U);
  EXPECT_EQ(asks[0].number, head);
  sync.on_answer(asks[0], block(head), now_);
  EXPECT_EQ(sync.take_proved().size(), 1U);
  EXPECT_TRUE(sync.done());
}

// op-node's B3: a height whose answer came before it was marked stays in flight for ever.
TEST_F(RangeSyncTest, AHeightThatFailedIsAskedAgain) {
  begin(2, 2);
  for (const Ask& ask : sync_->asks(now_)) refuse(ask, errors::kServerFailed);
  now_ += 4s;
  EXPECT_EQ(finish(), (std::vector<std::uint64_t>{2, 1}));
}

// B6: the parent that is there already is thrown away when it cannot be queued.
TEST_F(RangeSyncTest, EachBlockIsAskedForOnceWhenAllGoesWell) {
  begin(300);
  std::map<BlockNumber, int> asked;
  while (!sync_->done()) {
    auto asks = sync_->asks(now_);
    std::ranges::reverse(asks);
    for (const Ask& ask : asks) ++asked[ask.number], answer(ask);
  }
  EXPECT_EQ(asked.size(), 300U);
  for (const auto& [number, count] : asked) EXPECT_EQ(count, 1) << number.value;
}

// B9: one peer's "not found" ends the range for all.
TEST_F(RangeSyncTest, OnePeerThatHasNotGotItDoesNotEndTheRange) {
  begin(1, 2);
  const auto first = sync_->asks(now_);
  ASSERT_EQ(first.size(), 1U);
  refuse(first[0], errors::kNotFound);
  const auto second = sync_->asks(now_);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_NE(second[0].peer, first[0].peer);
  answer(second[0]);
  EXPECT_TRUE(sync_->done());
  EXPECT_TRUE(sync_->take_blamed().empty());
}

TEST_F(RangeSyncTest, WhoHadNotGotItIsAskedLaterAgain) {
  begin(1);
  for (const Duration wait : {2s, 4s, 8s, 16s, 30s, 30s}) {
    const auto asks = sync_->asks(now_);
    ASSERT_EQ(asks.size(), 1U);
    refuse(asks[0], errors::kNotFound);
    EXPECT_TRUE(sync_->asks(now_).empty());
    EXPECT_EQ(sync_->next_wake(now_), now_ + wait);
    now_ += wait;
  }
  EXPECT_EQ(finish(), (std::vector<std::uint64_t>{1}));
}

TEST_F(RangeSyncTest, ABlockThatIsNotTheParentIsItsSendersFault) {
  begin(2, 2);
  const auto other = test::make_chain(3, 1000, 2);
  const auto asks = sync_->asks(now_);
  ASSERT_EQ(asks.size(), 2U);
  answer(asks[0]);
  sync_->on_answer(asks[1], other.at(1), now_);
  const auto blamed = sync_->take_blamed();
  ASSERT_EQ(blamed.size(), 1U);
  EXPECT_EQ(blamed[0].peer, asks[1].peer);
  EXPECT_EQ(blamed[0].error, Error(errors::kNotLinked));
  EXPECT_EQ(proved(), (std::vector<std::uint64_t>{2}));
  const auto again = sync_->asks(now_).at(0);
  EXPECT_NE(again.peer, asks[1].peer) << "the liar is not asked for this number again so soon";
  answer(again);
  EXPECT_EQ(proved(), (std::vector<std::uint64_t>{1}));
}

TEST_F(RangeSyncTest, WhoSentAnotherBlockIsAskedLaterAgain) {
  begin(2);
  const auto other = test::make_chain(3, 1000, 2);
  const auto asks = sync_->asks(now_);
  ASSERT_EQ(asks.size(), 2U);
  answer(asks[0]);
  Ask ask = asks[1];
  for (const Duration wait : {30s, 60s, 120s, 240s, 300s, 300s}) {
    sync_->on_answer(ask, other.at(1), now_);
    EXPECT_TRUE(sync_->asks(now_ + wait - 1ms).empty());
    EXPECT_LE(sync_->next_wake(now_).value(), now_ + wait);
    now_ += wait;
    const auto again = sync_->asks(now_);
    ASSERT_EQ(again.size(), 1U) << "a reorg of its own may be over";
    ask = again[0];
  }
  EXPECT_EQ(sync_->take_blamed().size(), 6U);
  answer(ask);
  EXPECT_TRUE(sync_->done());
}

TEST_F(RangeSyncTest, AtTheTopSomebodyIsBlamedWhenAnotherHasProvedIt) {
  begin(1, 3);
  const auto other = test::make_chain(3, 1000, 2);
  const auto first = sync_->asks(now_).at(0);
  sync_->on_answer(first, other.at(1), now_);
  const auto second = sync_->asks(now_).at(0);
  sync_->on_answer(second, other.at(1), now_);
  EXPECT_TRUE(sync_->take_blamed().empty()) << "the hash may be what is wrong";
  peers_->remove(first.peer);
  answer(sync_->asks(now_).at(0));
  EXPECT_TRUE(sync_->done());
  const auto blamed = sync_->take_blamed();
  ASSERT_EQ(blamed.size(), 2U);
  EXPECT_NE(blamed[0].peer, blamed[1].peer);
  for (const auto& blame : blamed) {
    EXPECT_TRUE(blame.peer == first.peer || blame.peer == second.peer);
    EXPECT_EQ(blame.error, Error(errors::kNotLinked));
  }
}

TEST_F(RangeSyncTest, AContestedPlaceIsNotDisputedAndSoonAskedForAgain) {
  begin(1, 1);
  BlockRange range({0}, {2}, chain_.at(2).payload.parent_hash);
  range.contested = true;
  sync_.emplace(range, *peers_, options_);
  sync_->on_answer(sync_->asks(now_).at(0), test::make_chain(3, 1000, 2).at(1), now_);
  EXPECT_FALSE(sync_->disputed()) << "the peer's chain may not be there yet";
  now_ += options_.retry_missing;
  answer(sync_->asks(now_).at(0));
  EXPECT_TRUE(sync_->done());
}

TEST_F(RangeSyncTest, InAContestedPlaceNobodyIsBlamedForAnotherBlock) {
  begin(1, 2);
  BlockRange range({0}, {2}, chain_.at(2).payload.parent_hash);
  range.contested = true;
  sync_.emplace(range, *peers_, options_);
  sync_->on_answer(sync_->asks(now_).at(0), test::make_chain(3, 1000, 2).at(1), now_);
  answer(sync_->asks(now_).at(0));
  EXPECT_TRUE(sync_->done());
  EXPECT_TRUE(sync_->take_blamed().empty());
}

TEST_F(RangeSyncTest, NobodyIsBlamedByWhatItSendsItself) {
  begin(1, 1);
  const auto other = test::make_chain(3, 1000, 2);
  const auto first = sync_->asks(now_).at(0);
  peers_->add(peer(2));
  sync_->on_answer(first, other.at(1), now_);
  peers_->remove(peer(2));
  now_ += 30s;
  answer(sync_->asks(now_).at(0));
  EXPECT_TRUE(sync_->done());
  EXPECT_TRUE(sync_->take_blamed().empty()) << "it had the block of before a reorg";
}

TEST_F(RangeSyncTest, WhoIsRememberedIsBoundedWhenPeersComeAndGo) {
  begin(1, 1);
  const auto other = test::make_chain(3, 1000, 2);
  for (std::uint64_t number = 2; number <= 300; ++number) {
    peers_->add(peer(number));
    const auto ask = sync_->asks(now_).at(0);
    sync_->on_answer(ask, other.at(1), now_);
    peers_->remove(ask.peer);
  }
  answer(sync_->asks(now_).at(0));
  EXPECT_TRUE(sync_->done());
  const std::size_t blamed = sync_->take_blamed().size();
  EXPECT_GE(blamed, 1U);
  EXPECT_LE(blamed, 66U);
}

// B5: evicting one block of a height loses the other one's place.
TEST_F(RangeSyncTest, AForgedParentInQuarantineDoesNotCostTheRightOne) {
  begin(2, 2);
  const auto forged = test::make_chain(3, 1000, 2);
  const auto asks = sync_->asks(now_);
  ASSERT_EQ(asks.size(), 2U);
  sync_->on_answer(asks[1], forged.at(1), now_);  // ahead, so it cannot be judged yet
  EXPECT_TRUE(sync_->take_blamed().empty());
  answer(asks[0]);
  EXPECT_EQ(proved(), (std::vector<std::uint64_t>{2}));
  EXPECT_EQ(sync_->take_blamed().at(0).peer, asks[1].peer);
  EXPECT_EQ(finish(), (std::vector<std::uint64_t>{1}));
}

TEST_F(RangeSyncTest, ALiarIsPaused) {
  begin(3, 1);
  const auto forged = test::make_chain(4, 1000, 2);
  const auto asks = sync_->asks(now_);
  ASSERT_EQ(asks.size(), 3U);
  answer(asks[0]);
  sync_->on_answer(asks[1], forged.at(2), now_);
  refuse(asks[2], errors::kNotFound);
  EXPECT_EQ(sync_->take_blamed().size(), 1U);
  peers_->add(peer(2));
  for (const Ask& ask : sync_->asks(now_ + 3s)) EXPECT_EQ(ask.peer, peer(2));
}

TEST_F(RangeSyncTest, SaysWhenAllPeersHaveAnotherBlockAtTheTop) {
  begin(1, 2);
  const auto other = test::make_chain(3, 1000, 2);
  sync_->on_answer(sync_->asks(now_).at(0), other.at(1), now_);
  EXPECT_FALSE(sync_->disputed());
  sync_->on_answer(sync_->asks(now_).at(0), other.at(1), now_);
  EXPECT_TRUE(sync_->disputed());
  EXPECT_FALSE(sync_->done());
  EXPECT_TRUE(sync_->take_blamed().empty()) << "rather the hash is wrong than all of them";
  for (std::size_t i = 1; i <= 2; ++i)
    EXPECT_TRUE(peers_->choose(now_, [&](const PeerId& id) { return id == peer(i); }));
}

// Slow ones, or many: the first may be asked again before the last has answered.
TEST_F(RangeSyncTest, ATopIsDisputedHoweverLongAllPeersTake) {
  begin(1, 2);
  const auto other = test::make_chain(3, 1000, 2);
  sync_->on_answer(sync_->asks(now_).at(0), other.at(1), now_);
  const auto second = sync_->asks(now_).at(0);
  now_ += 40s;
  sync_->on_answer(second, other.at(1), now_);
  EXPECT_TRUE(sync_->disputed());
}

TEST_F(RangeSyncTest, WhoHasLeftDoesNotDisputeTheTop) {
  begin(1, 2);
  const auto other = test::make_chain(3, 1000, 2);
  const auto first = sync_->asks(now_).at(0);
  sync_->on_answer(first, other.at(1), now_);
  peers_->remove(first.peer);
  peers_->add(peer(3));
  sync_->on_answer(sync_->asks(now_).at(0), other.at(1), now_);
  EXPECT_FALSE(sync_->disputed()) << "one that is here has not been asked";
  EXPECT_EQ(finish(), (std::vector<std::uint64_t>{1}));
}

TEST_F(RangeSyncTest, BlamesWhoBreaksTheProtocolAndNobodyElse) {
  begin(3, 3);
  const auto asks = sync_->asks(now_);
  ASSERT_EQ(asks.size(), 3U);
  refuse(asks[0], errors::kUnknownVersion);
  refuse(asks[1], opwire::errors::kTimeout);
  refuse(asks[2], opwire::errors::kCancelled);
  const auto blamed = sync_->take_blamed();
  ASSERT_EQ(blamed.size(), 1U);
  EXPECT_EQ(blamed[0].peer, asks[0].peer);
}

TEST_F(RangeSyncTest, ASecondPeerIsAskedWhenTheFirstIsSlowWithTheUppermost) {
  begin(2, 2);
  const auto asks = sync_->asks(now_);
  ASSERT_EQ(asks.size(), 2U);
  const TimePoint when = sync_->next_wake(now_).value();
  EXPECT_EQ(when, now_ + 800ms);  // four times what is assumed of new peers
  EXPECT_TRUE(sync_->asks(when - 1ms).empty());
  const auto hedge = sync_->asks(when);
  ASSERT_EQ(hedge.size(), 1U) << "only the one that holds up the rest";
  EXPECT_EQ(hedge[0].number, BlockNumber{2});
  EXPECT_NE(hedge[0].peer, asks[0].peer);
  answer(hedge[0]);
  answer(asks[0]);
  EXPECT_EQ(proved(), (std::vector<std::uint64_t>{2})) << "the second answer counts for nothing";
  answer(asks[1]);
  EXPECT_TRUE(sync_->done());
}

// B15: quarantine is bounded by count alone, a gibibyte of it.
TEST_F(RangeSyncTest, QuarantineIsBoundedInBytes) {
  options_.quarantine_bytes = 3 << 20;
  begin(40, 2, 1 << 20);
  std::vector<Ask> top;
  for (int round = 0; round < 200; ++round) {
    for (const Ask& ask : sync_->asks(now_)) {
      if (ask.number == BlockNumber{40}) {
        top.push_back(ask);
      } else {
        answer(ask);
      }
      EXPECT_LE(sync_->quarantined_bytes(), options_.quarantine_bytes);
    }
  }
  ASSERT_FALSE(top.empty());
  answer(top[0]);
  EXPECT_EQ(finish().size(), 40U);
}

TEST_F(RangeSyncTest, WhatIsUnderWayIsBounded) {
  options_.max_in_flight = 10;
  begin(100);
  EXPECT_EQ(sync_->asks(now_).size(), 10U);
  EXPECT_TRUE(sync_->asks(now_).empty());
}

TEST_F(RangeSyncTest, HeightsThatNobodyHasDoNotPileUp) {
  options_.max_in_flight = 10;
  begin(1000);
  std::set<BlockNumber> asked;
  for (int round = 0; round < 100; ++round) {
    for (const Ask& ask : sync_->asks(now_)) asked.insert(ask.number), refuse(ask, errors::kNotFound);
  }
  EXPECT_LE(asked.size(), 20U);
}

TEST_F(RangeSyncTest, APeerThatComesLaterIsAsked) {
  begin(1, 0);
  EXPECT_TRUE(sync_->asks(now_).empty());
  EXPECT_EQ(sync_->next_wake(now_), std::nullopt);
  peers_->add(peer(1));
  EXPECT_EQ(finish(), (std::vector<std::uint64_t>{1}));
}

TEST_F(RangeSyncTest, APeerThatLeavesIsReplaced) {
  begin(1, 2);
  const auto first = sync_->asks(now_).at(0);
  peers_->remove(first.peer);
  refuse(first, opwire::errors::kReset);
  EXPECT_EQ(finish(), (std::vector<std::uint64_t>{1}));
}

// B10, B16: numbers that wrap below zero.
TEST_F(RangeSyncTest, NumbersAtTheEndsDoNotWrap) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  begin(0);
  RangeSync above({{kMax}, {0}, {}}, *peers_);
  EXPECT_TRUE(above.done());
  RangeSync all({{0}, {kMax}, {}}, *peers_);
  EXPECT_EQ(all.wanted(), kMax - 1);
  EXPECT_EQ(all.asks(now_).front().number, BlockNumber{kMax - 1});
}

}  // namespace
}  // namespace opwire::opstack
