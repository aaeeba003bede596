// BlockChoice, at work in the controller: a branch that takes the place of our chain's newest blocks.
#include "opwire/opstack/driver/controller_for_test.hpp"

namespace opwire::opstack {
namespace {

using test::block;
using test::Drive;
using test::kExecution;
using test::kNoReqResp;
using test::ref;

constexpr test::BlockShape kOnBranch{1, 1};
constexpr test::BlockShape kFirstOfBranch{1, 0};

/// What the engine has right below base().
void answer_below(Drive& run, const Result<std::optional<L2BlockRef>>& answer) {
  const auto read = run.expect<ReadBlock>();
  EXPECT_EQ(read.number.value + 1, run.controller.base()->number.value);
  run.controller.on_block(answer, run.now);
}
void answer_below(Drive& run, std::uint64_t number) {
  answer_below(run, std::optional(ref(number)));
}
void becomes_head(Drive& run, std::uint64_t number) {
  EXPECT_EQ(run.payload(EngineStatus::kValid), number);
  run.forkchoice(EngineStatus::kValid);
}

TEST(EngineControllerBranch, OfTheHeadsHeightIsNotTaken) {
  Drive run;
  run.begin().add(block(10, kFirstOfBranch));
  EXPECT_TRUE(run.idle());
  EXPECT_EQ(run.controller.queue().size(), 0u);
}

TEST(EngineControllerBranch, ThatIsLongerReplacesTheHead) {
  Drive run;
  run.begin().add(block(11, kOnBranch));
  answer_below(run, 9);
  const auto sought = run.events<BranchSought>();
  ASSERT_EQ(sought.size(), 1u);
  EXPECT_EQ(sought[0].waits.hash, test::hash(11, 1));
  EXPECT_EQ(sought[0].above, ref(10));
  EXPECT_TRUE(sought[0].first);
  EXPECT_TRUE(run.idle()) << "block 10 of the branch is not here yet";
  EXPECT_EQ(run.head(), 10u);
  run.add(block(10, kFirstOfBranch));
  becomes_head(run, 10);
  const auto moved = run.events<HeadMoved>();
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_EQ(moved[0].from, ref(10));
  EXPECT_EQ(moved[0].to, ref(10, kFirstOfBranch));
  EXPECT_TRUE(moved[0].reorg);
  becomes_head(run, 11);
  EXPECT_EQ(run.controller.base(), run.controller.heads().head);
}

TEST(EngineControllerBranch, IsFollowedDownBlockByBlockToTheSafeOne) {
  Drive run;
  run.begin().add(block(11, kOnBranch));
  answer_below(run, 9);
  run.add(block(10, kOnBranch));
  answer_below(run, 8);
  EXPECT_FALSE(run.events<BranchSought>().back().first);
  run.add(block(9, kFirstOfBranch));
  for (const std::uint64_t number : {9, 10, 11}) becomes_head(run, number);
}

TEST(EngineControllerBranch, ThatLeavesBelowTheSafeBlockIsDropped) {
  Drive run;
  run.begin({ref(10), ref(9), ref(5)}).add(block(11, kOnBranch));
  answer_below(run, 9);
  run.events<BranchSought>();
  run.add(block(10, kOnBranch));
  EXPECT_TRUE(run.idle());
  const auto dropped = run.events<PayloadDropped>();
  ASSERT_EQ(dropped.size(), 1u);
  EXPECT_EQ(dropped[0].block.hash, test::hash(10, 1));
  EXPECT_TRUE(dropped[0].why.is(errors::kBranchTooDeep));
  EXPECT_EQ(run.head(), 10u);
  EXPECT_EQ(run.controller.queue().size(), 0u) << "with all of it";
  EXPECT_EQ(run.controller.base(), ref(10));
  EXPECT_TRUE(run.controller.on_payload(test::queued(block(12, kOnBranch))).error().is(errors::kPayloadRefused));
  run.controller.on_followed(ref(11, kOnBranch), ref(6));
  run.forkchoice(EngineStatus::kValid);
  run.add(block(12, kOnBranch));
  becomes_head(run, 12);
}

TEST(EngineControllerBranch, IsLookedForNoDeeperThanTheLimit) {
  ControllerOptions with = test::options(test::kConsensus);
  with.max_replaced = 1;
  Drive run(with);
  run.begin({ref(10), {}, {}}).add(block(11, kOnBranch));
  answer_below(run, 9);
  run.add(block(10, kOnBranch));
  EXPECT_TRUE(run.idle());
  EXPECT_EQ(run.events<PayloadDropped>().size(), 1u);
}

TEST(EngineControllerBranch, AChildOfTheHeadComesFirst) {
  Drive run;
  run.begin().add(block(11, kOnBranch));
  answer_below(run, 9);
  run.add(block(11));
  becomes_head(run, 11);
  EXPECT_EQ(run.controller.base(), ref(11));
  run.add(block(10, kFirstOfBranch));
  EXPECT_TRUE(run.idle());
  EXPECT_EQ(run.controller.queue().size(), 0u) << "the branch is the shorter one now";
}

TEST(EngineControllerBranch, OurOwnBlocksAreNoPartOfIt) {
  Drive run;
  run.begin().add(block(11, kOnBranch));
  answer_below(run, 9);
  EXPECT_TRUE(run.controller.on_payload(test::queued(block(10))).error().is(errors::kPayloadStale));
  EXPECT_TRUE(run.idle());
}

TEST(EngineControllerBranch, WhereTheEngineKnowsNoMoreItDecides) {
  const std::optional<L2BlockRef> none;
  for (const EngineStatus status : {EngineStatus::kValid, EngineStatus::kSyncing}) {
    Drive run;
    run.begin({ref(10), {}, {}}).add(block(11, kOnBranch));
    answer_below(run, none);
    run.add(block(10, kOnBranch));
    EXPECT_EQ(run.payload(status), 10u);
    if (status == EngineStatus::kValid) {
      run.forkchoice(EngineStatus::kValid);
      becomes_head(run, 11);
    } else {
      EXPECT_EQ(run.events<PayloadDropped>().size(), 1u);
      EXPECT_TRUE(run.idle());
    }
  }
}

TEST(EngineControllerBranch, AnEngineOnAnotherChainThanWeThinkIsReadAgain) {
  Drive run;
  run.begin().add(block(11, kOnBranch));
  answer_below(run, std::optional(ref(9, kFirstOfBranch)));
  EXPECT_EQ(run.events<StartedAgain>().size(), 1u);
  run.now += std::chrono::seconds(1);
  run.begin({ref(10, kOnBranch), ref(8), ref(5)});
  becomes_head(run, 11);
}

TEST(EngineControllerBranch, AnEngineThatDoesNotAnswerIsAskedAgain) {
  Drive run;
  run.begin().add(block(11, kOnBranch));
  answer_below(run, errors::kEngineTimeout);
  EXPECT_TRUE(run.idle());
  run.now += std::chrono::seconds(1);
  answer_below(run, 9);
  EXPECT_EQ(run.controller.base(), ref(9));
}

TEST(EngineControllerBranch, WithoutReqRespOnlyTheNextBlockAboveAGapTellsTheEngine) {
  Drive run(kNoReqResp);
  run.begin().add(block(11, kOnBranch));
  EXPECT_TRUE(run.idle());
  EXPECT_EQ(run.controller.queue().size(), 0u) << "as op-node has it";
  run.add(block(12, kOnBranch));
  EXPECT_TRUE(run.idle());
  run.controller.on_gap();
  becomes_head(run, 12);
}

TEST(EngineControllerBranch, WhileTheEngineSyncsByItselfItGetsTheBlockAtOnce) {
  Drive run(kExecution);
  run.begin({ref(10), {}, {}}).add(block(11, kOnBranch));
  becomes_head(run, 11);
}

}  // namespace
}  // namespace opwire::opstack
