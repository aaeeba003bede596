#include "opwire/opstack/driver/gap_check.hpp"

#include "opwire/opstack/driver/blocks_for_test.hpp"

namespace opwire::opstack {
namespace {

using std::chrono::seconds;

class GapCheckTest : public testing::Test {
 protected:
  static GapCheckOptions options() {
    GapCheckOptions options;
    options.piece = 100;
    options.max_anchors = 3;
    return options;
  }
  // Half a second after the ticker is due; the head is `late` behind the wall clock.
  std::optional<Gap> tick(std::uint64_t head, std::optional<std::uint64_t> lowest, Duration late = seconds(0)) {
    now_ += seconds(4);
    const L2BlockRef ref = test::ref(head);
    const Envelope waiting = test::block(lowest.value_or(1));
    return gaps_.check(ref, lowest ? &waiting.payload : nullptr, now_, from_unix_seconds(ref.timestamp) + late);
  }
  TimePoint now_{seconds(1000)};
  GapCheck gaps_{options(), now_};
};

TEST_F(GapCheckTest, SaysWhatIsMissingBetweenHeadAndLowest) {
  EXPECT_EQ(tick(10, 15), (Gap{{10}, BlockNumber{15}, test::hash(14)}));
}

TEST_F(GapCheckTest, NothingIsMissingWhenTheNextBlockWaits) {
  EXPECT_EQ(tick(10, 11), std::nullopt);
}

TEST_F(GapCheckTest, TicksEveryTwoBlockTimesAfterTheHeadMoved) {
  EXPECT_EQ(gaps_.next_check(), now_ + seconds(4));
  now_ += seconds(3);
  gaps_.on_head_moved({10}, now_);
  now_ += seconds(-1);
  EXPECT_EQ(tick(10, 15), std::nullopt) << "three seconds after the head moved";
  EXPECT_NE(tick(10, 15), std::nullopt);
}

TEST_F(GapCheckTest, OpenEndedWhenNothingWaitsAndTheHeadIsOld) {
  EXPECT_EQ(tick(10, std::nullopt, seconds(4)), std::nullopt);
  EXPECT_EQ(tick(10, std::nullopt, seconds(5)), (Gap{{10}, std::nullopt, {}}));
}

TEST_F(GapCheckTest, AsksForNothingWhileARangeIsUnderWay) {
  EXPECT_NE(tick(10, 15), std::nullopt);
  EXPECT_EQ(tick(10, 15), std::nullopt);
  gaps_.on_range_ended();
  EXPECT_NE(tick(10, 15), std::nullopt);
}

TEST_F(GapCheckTest, DoesNotWaitForTheTickerWhenTold) {
  const Envelope waiting = test::block(15);
  const L2BlockRef head = test::ref(10);
  const auto check = [&] { return gaps_.check(head, &waiting.payload, now_, from_unix_seconds(head.timestamp)); };
  EXPECT_EQ(check(), std::nullopt);
  gaps_.check_soon();
  EXPECT_NE(check(), std::nullopt);
  gaps_.check_soon();
  EXPECT_EQ(check(), std::nullopt) << "one range at a time";
  gaps_.on_range_ended();
  EXPECT_NE(check(), std::nullopt);
}

TEST_F(GapCheckTest, ADeepGapIsWalkedDownInPiecesEachBelowABlockThatIsTrusted) {
  EXPECT_EQ(tick(10, 251), (Gap{{150}, BlockNumber{251}, test::hash(250)}));
  gaps_.on_range_ended();
  EXPECT_EQ(tick(10, 151), (Gap{{50}, BlockNumber{151}, test::hash(150)}));
  gaps_.on_range_ended();
  EXPECT_EQ(tick(10, 51), (Gap{{10}, BlockNumber{51}, test::hash(50)}));
}

TEST_F(GapCheckTest, WhatHadToBeLetGoIsAskedForAgainNearestTheHeadFirst) {
  for (const std::uint64_t lowest : {251, 151, 51}) {
    ASSERT_NE(tick(10, lowest), std::nullopt);
    gaps_.on_range_ended();
  }
  gaps_.on_head_moved({60}, now_);
  EXPECT_EQ(tick(60, 300), (Gap{{60}, BlockNumber{151}, test::hash(150)}));
}

TEST_F(GapCheckTest, KeepsTheLowestAnchorsUntilTheHeadPassesOrTheChainIsAnother) {
  for (const std::uint64_t lowest : {451, 351, 251, 151}) {
    ASSERT_NE(tick(10, lowest), std::nullopt);
    gaps_.on_range_ended();
  }
  EXPECT_EQ(gaps_.anchors(), 3u);
  gaps_.on_head_moved({150}, now_);
  EXPECT_EQ(gaps_.anchors(), 2u);
  gaps_.forget_anchors();
  EXPECT_EQ(gaps_.anchors(), 0u);
}

}  // namespace
}  // namespace opwire::opstack
