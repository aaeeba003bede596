#include "opwire/opstack/driver/engine_controller.hpp"

#include <array>

#include "opwire/opstack/driver/controller_for_test.hpp"

namespace opwire::opstack {
namespace {

using std::chrono::seconds;
using test::block;
using test::Drive;
using test::kConsensus;
using test::kExecution;
using test::kNoReqResp;
using test::Mode;
using test::options;
using test::queued;
using test::ref;
using test::ScriptedEngine;

constexpr std::array kStatuses{EngineStatus::kValid, EngineStatus::kSyncing, EngineStatus::kAccepted,
                               EngineStatus::kInvalid, EngineStatus::kInvalidBlockHash};

TEST(EngineController, AsksForTheHeadsFirstAndNothingBeforeTheEngineIsThere) {
  EngineController controller;
  EXPECT_FALSE(controller.next_call(TimePoint{seconds(1)}));
  Drive run;
  run.expect<ReadHeads>();
  EXPECT_TRUE(run.idle()) << "one call at a time";
}

TEST(EngineController, ABlockBecomesTheHeadInTwoCalls) {
  Drive run;
  run.begin().add(block(11));
  EXPECT_EQ(run.payload(EngineStatus::kValid), 11u);
  EXPECT_EQ(run.head(), 10u);
  const Forkchoice state = run.forkchoice(EngineStatus::kValid);
  EXPECT_EQ(state, (Forkchoice{test::hash(11), test::hash(8), test::hash(5)}));
  EXPECT_EQ(run.head(), 11u);
  const auto moved = run.events<HeadMoved>();
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_EQ(moved[0].from, ref(10));
  EXPECT_EQ(moved[0].to, ref(11));
  EXPECT_FALSE(moved[0].reorg);
  EXPECT_EQ(run.controller.queue().size(), 0u);
}

TEST(EngineController, BlocksThatArriveNewestFirstAreTakenInOrder) {
  Drive run;
  run.begin();
  for (const std::uint64_t number : {13, 12, 11}) run.add(block(number));
  for (const std::uint64_t number : {11, 12, 13}) {
    EXPECT_EQ(run.payload(EngineStatus::kValid), number);
    run.forkchoice(EngineStatus::kValid);
  }
  EXPECT_TRUE(run.idle());
}

TEST(EngineController, ABlockAboveAGapWaits) {
  Drive run;
  run.begin().add(block(12));
  EXPECT_TRUE(run.idle());
  run.controller.on_gap();
  EXPECT_TRUE(run.idle()) << "with req_resp peers close the gap";
}

TEST(EngineController, WithoutReqRespABlockAboveAGapMakesTheEngineSync) {
  Drive run(kNoReqResp);
  run.begin().add(block(20));
  EXPECT_TRUE(run.idle());
  run.controller.on_gap();
  EXPECT_EQ(run.payload(EngineStatus::kSyncing), 20u);
  EXPECT_EQ(run.forkchoice(EngineStatus::kSyncing).head, test::hash(20)) << "the engine is told its target";
  EXPECT_EQ(run.head(), 10u);
  run.now += seconds(1);
  run.controller.on_gap();
  run.payload(EngineStatus::kValid);
  run.forkchoice(EngineStatus::kValid);
  EXPECT_EQ(run.head(), 20u);
}

// What becomes of block 11 for each pair of answers: H head, R tried again, D dropped.
char outcome(const Mode& mode, EngineStatus on_payload, EngineStatus on_forkchoice) {
  Drive run(mode);
  run.begin({ref(10), ref(0), ref(0)}).add(block(11));
  run.payload(on_payload);
  const auto next = run.controller.next_call(run.now);
  if (next && std::holds_alternative<SetForkchoice>(*next)) {
    run.controller.on_forkchoice_answer(ScriptedEngine::says(on_forkchoice), run.now);
  }
  if (run.head() == 11) return 'H';
  if (!run.events<PayloadDropped>().empty()) return 'D';
  EXPECT_TRUE(run.idle()) << "not before the delay is over";
  EXPECT_EQ(run.controller.next_wake(), run.now + seconds(1));
  run.now += seconds(1);
  EXPECT_EQ(run.payload(EngineStatus::kValid), 11u);
  run.forkchoice(EngineStatus::kValid);
  EXPECT_EQ(run.head(), 11u);
  return 'R';
}

TEST(EngineControllerTable, EveryModeAndPairOfAnswers) {
  struct Row {
    Mode mode;
    std::array<const char*, 5> outcomes;  // by new_payload's answer; each by forkchoice_updated's
  };
  // The answers: VALID SYNCING ACCEPTED INVALID INVALID_BLOCK_HASH.
  const std::array rows{Row{kConsensus, {"HRRDR", "RRRRR", "RRRRR", "DDDDD", "DDDDD"}},
                        Row{kNoReqResp, {"HRRDR", "HRRDR", "RRRRR", "DDDDD", "DDDDD"}},
                        Row{kExecution, {"HHRDR", "HHRDR", "HHRDR", "DDDDD", "DDDDD"}}};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kStatuses.size(); ++i) {
      for (std::size_t j = 0; j < kStatuses.size(); ++j) {
        SCOPED_TRACE(testing::Message() << "mode " << int(row.mode.sync) << row.mode.req_resp << " answers " << i << j);
        EXPECT_EQ(outcome(row.mode, kStatuses[i], kStatuses[j]), row.outcomes[i][j]);
      }
    }
  }
}

TEST(EngineController, WhatDescendsFromAnInvalidBlockIsNeitherKeptNorTakenAgain) {
  Drive run;
  run.begin();
  for (const std::uint64_t number : {11, 12, 13}) run.add(block(number));
  run.payload(EngineStatus::kInvalid);
  EXPECT_EQ(run.controller.queue().size(), 0u);
  for (const std::uint64_t number : {11, 13, 14}) {
    EXPECT_TRUE(run.controller.on_payload(queued(block(number))).error().is(errors::kPayloadRefused)) << number;
  }
  run.add(block(16));
  EXPECT_TRUE(run.controller.on_payload(queued(block(15))).error().is(errors::kPayloadRefused));
  EXPECT_EQ(run.controller.queue().size(), 0u) << "16 hangs on it";
  run.add(block(11, {1, 0}));
  EXPECT_EQ(run.payload(EngineStatus::kValid), 11u) << "the sequencer's next try";
}

TEST(EngineController, WhatWasRefusedMayComeAgainWhenTheEngineWasAway) {
  Drive run;
  run.begin().add(block(11));
  run.payload(EngineStatus::kInvalid);
  run.controller.on_engine_lost();
  run.controller.on_engine_found();
  run.begin().add(block(11));
  EXPECT_EQ(run.payload(EngineStatus::kValid), 11u);
}

TEST(EngineController, BlocksOfAHeightTakeTurnsWhenTheEngineAnswersWithAnError) {
  Drive run;
  run.begin().add(block(11, {1, 0}));
  run.add(block(11));
  run.expect<SendPayload>();
  run.controller.on_payload_answer(errors::kEngineRefused, run.now);
  run.now += seconds(1);
  EXPECT_EQ(run.expect<SendPayload>().envelope.payload.block_hash, test::hash(11));
}

TEST(EngineController, AnInvalidBlockIsDroppedWithItsSenderAndItsRivalGetsItsTurn) {
  Drive run;
  const PeerId peer = PeerId::parse_text("12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp").value();
  run.begin();
  ASSERT_TRUE(run.controller.on_payload({block(11, {1, 0}), peer, PayloadOrigin::kSync}));
  run.add(block(11));
  run.payload(EngineStatus::kInvalid);
  const auto dropped = run.events<PayloadDropped>();
  ASSERT_EQ(dropped.size(), 1u);
  EXPECT_EQ(dropped[0].block.hash, test::hash(11, 1));
  EXPECT_EQ(dropped[0].from, peer);
  EXPECT_EQ(dropped[0].origin, PayloadOrigin::kSync);
  EXPECT_TRUE(dropped[0].why.is(errors::kPayloadInvalid));
  run.payload(EngineStatus::kValid);
  run.forkchoice(EngineStatus::kValid);
  EXPECT_EQ(run.controller.heads().head->hash, test::hash(11));
}

TEST(EngineController, ABlockWithoutL1InfoDoesNotStickTheChain) {
  Drive run;
  run.begin().add(block(11, {1, 0, 0, false}));
  run.add(block(11));
  EXPECT_EQ(run.payload(EngineStatus::kValid), 11u);
  const auto dropped = run.events<PayloadDropped>();
  ASSERT_EQ(dropped.size(), 1u);
  EXPECT_TRUE(dropped[0].why.is(errors::kL1Info));
}

TEST(EngineController, TemporaryErrorsAreTriedAgainAfterAGrowingDelay) {
  Drive run;
  run.begin().add(block(11));
  for (const int delay : {1, 2, 4, 8, 16, 30, 30}) {
    run.payload(errors::kEngineRefused);
    EXPECT_EQ(run.controller.next_wake(), run.now + seconds(delay));
    EXPECT_TRUE(run.idle());
    run.now += seconds(delay);
  }
  run.payload(EngineStatus::kValid);
  run.forkchoice(EngineStatus::kValid);
  EXPECT_EQ(run.head(), 11u);
  EXPECT_EQ(run.controller.next_wake(), std::nullopt);
}

TEST(EngineController, AnInconsistentForkchoiceStartsFromTheEnginesHeads) {
  Drive run;
  run.begin().add(block(11));
  run.payload(EngineStatus::kValid);
  run.forkchoice(errors::kInvalidForkchoice);
  EXPECT_EQ(run.events<StartedAgain>().size(), 1u);
  run.now += seconds(1);
  run.begin();
  EXPECT_EQ(run.payload(EngineStatus::kValid), 11u);
}

TEST(EngineController, AnEngineThatLostItsLastBlocksIsFollowedBack) {
  Drive run;
  run.begin().add(block(11));
  run.payload(errors::kEngineUnreachable);
  run.now += seconds(1);
  run.expect<ReadHeads>();
  run.controller.on_heads(EngineHeads{ref(9), ref(8), ref(5)}, run.now);
  const auto moved = run.events<HeadMoved>();
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_TRUE(moved[0].reorg);
  EXPECT_EQ(moved[0].from, ref(10));
  EXPECT_EQ(moved[0].to, ref(9));
  EXPECT_TRUE(run.idle()) << "block 11 waits for block 10";
  run.add(block(10));
  EXPECT_EQ(run.payload(EngineStatus::kValid), 10u);
}

TEST(EngineController, AnEngineThatDoesNotKnowOurHeadIsAskedForItsOwn) {
  Drive run;
  run.begin().add(block(11));
  for (const int delay : {1, 2, 4}) {
    run.payload(EngineStatus::kSyncing);
    run.now += seconds(delay);
  }
  run.expect<ReadHeads>();
}

TEST(EngineController, WhatWasUnderWayWhenTheEngineWentIsDoneAgainWhenItIsBack) {
  Drive run;
  run.begin().add(block(11));
  run.expect<SendPayload>();
  run.controller.on_engine_lost();
  EXPECT_TRUE(run.idle());
  run.controller.on_payload_answer(ScriptedEngine::says(EngineStatus::kValid), run.now);
  run.controller.on_engine_found();
  run.begin();
  EXPECT_EQ(run.payload(EngineStatus::kValid), 11u);
}

TEST(EngineController, WithoutAnyHeadTheFirstBlockIsTaken) {
  Drive run;
  run.begin({}).add(block(1000));
  EXPECT_EQ(run.payload(EngineStatus::kValid), 1000u);
  EXPECT_EQ(run.forkchoice(EngineStatus::kValid), (Forkchoice{test::hash(1000), {}, {}}));
}

TEST(EngineControllerFollowing, TellsTheEngineWhatIsSafeAndFinalized) {
  Drive run;
  run.begin();
  run.controller.on_followed(ref(9), ref(6));
  EXPECT_EQ(run.forkchoice(EngineStatus::kValid), (Forkchoice{test::hash(10), test::hash(9), test::hash(6)}));
  EXPECT_EQ(run.controller.heads().safe, ref(9));
  run.controller.on_followed(ref(9), ref(6));
  run.controller.on_followed(ref(9), ref(4));
  run.controller.on_followed(ref(6), ref(7));
  EXPECT_TRUE(run.idle()) << "nothing new, or backwards";
}

TEST(EngineControllerFollowing, ASafeBlockAboveTheHeadBecomesTheHead) {
  Drive run;
  run.begin();
  run.controller.on_followed(ref(20), ref(6));
  EXPECT_EQ(run.forkchoice(EngineStatus::kValid).head, test::hash(20));
  EXPECT_EQ(run.head(), 20u);
}

TEST(EngineControllerFollowing, ASafeBlockOfAnotherBranchReorgs) {
  Drive run;
  run.begin();
  run.controller.on_followed(ref(9, {1, 0}), ref(6));
  EXPECT_EQ(run.forkchoice(errors::kInvalidForkchoice).head, test::hash(10));
  EXPECT_EQ(run.forkchoice(EngineStatus::kValid).head, test::hash(9, 1));
  const auto moved = run.events<HeadMoved>();
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_TRUE(moved[0].reorg);
}

TEST(EngineControllerFollowing, WhatComesWhileABlockIsInsertedDoesNotSetTheHeadBack) {
  Drive run;
  run.begin().add(block(11));
  run.expect<SendPayload>();
  run.controller.on_followed(ref(10), ref(6));
  run.controller.on_payload_answer(ScriptedEngine::says(EngineStatus::kValid), run.now);
  run.forkchoice(EngineStatus::kValid);
  EXPECT_EQ(run.head(), 11u);
  EXPECT_EQ(run.forkchoice(EngineStatus::kValid), (Forkchoice{test::hash(11), test::hash(10), test::hash(6)}));
  EXPECT_EQ(run.head(), 11u);
  for (const HeadMoved& moved : run.events<HeadMoved>()) EXPECT_FALSE(moved.reorg);
}

TEST(EngineControllerFollowing, WhatWaitsWhenTheEngineGoesIsToldWithTheHeadThatItComesBackWith) {
  Drive run;
  run.begin();
  run.controller.on_followed(ref(9), ref(6));
  run.controller.on_engine_lost();
  run.controller.on_engine_found();
  run.begin({ref(12), ref(8), ref(5)});
  EXPECT_EQ(run.forkchoice(EngineStatus::kValid).head, test::hash(12));
  EXPECT_EQ(run.head(), 12u);
}

TEST(EngineControllerFollowing, ASafeBlockThatTheEngineLacksKeepsNoBlockFromIt) {
  Drive run;
  run.begin();
  for (std::uint64_t number = 11; number < 20; ++number) {
    run.controller.on_followed(ref(20), ref(6));
    if (number == 11) run.forkchoice(EngineStatus::kSyncing);
    run.add(block(number));
    EXPECT_EQ(run.payload(EngineStatus::kValid), number);
    run.forkchoice(EngineStatus::kValid);
  }
  EXPECT_TRUE(run.idle());
  EXPECT_EQ(run.controller.next_wake(), run.now + seconds(1));
  run.add(block(20));
  run.payload(EngineStatus::kValid);
  run.forkchoice(EngineStatus::kValid);
  EXPECT_EQ(run.forkchoice(EngineStatus::kValid), (Forkchoice{test::hash(20), test::hash(20), test::hash(6)}));
  EXPECT_EQ(run.controller.heads().safe, ref(20));
  EXPECT_TRUE(run.events<StartedAgain>().empty());
}

TEST(EngineControllerFollowing, WhatTheEngineDoesNotTakeIsToldAgainWithAGrowingDelay) {
  Drive run;
  run.begin();
  run.controller.on_followed(ref(9), ref(6));
  for (const int pause : {1, 2, 4, 8, 16, 30, 30}) {
    run.forkchoice(errors::kEngineRefused);
    EXPECT_EQ(run.events<FollowedNotTaken>().size(), 1u);
    run.controller.on_followed(ref(9), ref(7));
    run.now += seconds(pause) - Duration(1);
    EXPECT_TRUE(run.idle());
    run.now += Duration(1);
  }
  run.add(block(11));
  run.forkchoice(EngineStatus::kValid);
  EXPECT_EQ(run.controller.heads().finalized, ref(7));
}

TEST(EngineControllerFollowing, TakesTurnsWithBlocksWhenTheEngineIsReadAgain) {
  Drive run;
  run.begin();
  run.controller.on_followed(ref(10), ref(6));
  run.add(block(11));
  run.forkchoice(EngineStatus::kSyncing);
  EXPECT_EQ(run.events<StartedAgain>().size(), 1u) << "it is about the head itself";
  run.now += seconds(1);
  run.begin();
  EXPECT_EQ(run.payload(EngineStatus::kValid), 11u);
}

TEST(EngineSyncTest, FinalizesNothingUntilTheFirstValidThenThatBlock) {
  Drive run(kExecution);
  run.begin({ref(0), ref(0), ref(0)}).add(block(50));
  EXPECT_EQ(run.controller.engine_sync(), EngineSync::kStarted);
  run.payload(EngineStatus::kSyncing);
  EXPECT_EQ(run.forkchoice(EngineStatus::kSyncing), (Forkchoice{test::hash(50), test::hash(0), {}}));
  EXPECT_EQ(run.head(), 50u) << "also a head that the engine does not have yet";
  run.add(block(60));
  run.payload(EngineStatus::kValid);
  EXPECT_EQ(run.controller.engine_sync(), EngineSync::kFinishedNotFinalized);
  EXPECT_EQ(run.forkchoice(EngineStatus::kValid), (Forkchoice{test::hash(60), test::hash(60), test::hash(60)}));
  EXPECT_EQ(run.controller.engine_sync(), EngineSync::kFinished);
  run.add(block(62));
  EXPECT_TRUE(run.idle()) << "blocks wait in the queue from now on";
}

TEST(EngineSyncTest, FinalizesABlockBelowTheHeadWhereThatIsWanted) {
  ControllerOptions with = options(kExecution);
  with.safe_distance = 20;
  Drive run(with);
  run.begin({ref(0), ref(0), ref(0)}).add(block(60));
  run.payload(EngineStatus::kValid);
  EXPECT_EQ(run.forkchoice(EngineStatus::kValid), (Forkchoice{test::hash(60), test::hash(0), {}}));
  EXPECT_EQ(run.controller.engine_sync(), EngineSync::kFinished);
  EXPECT_EQ(run.expect<ReadBlock>().number, BlockNumber{40});
  run.controller.on_block(Result<std::optional<L2BlockRef>>(errors::kEngineTimeout), run.now);
  EXPECT_TRUE(run.idle()) << "after a pause";
  run.now += seconds(1);
  run.expect<ReadBlock>();
  run.controller.on_block(std::optional(ref(40)), run.now);
  EXPECT_EQ(run.forkchoice(EngineStatus::kValid), (Forkchoice{test::hash(60), test::hash(40), test::hash(40)}));
  EXPECT_EQ(run.controller.heads().finalized, ref(40));
  EXPECT_TRUE(run.idle());
}

TEST(EngineSyncTest, FinalizesNothingBelowGenesisOrWhatWasSafe) {
  ControllerOptions with = options(kExecution);
  with.safe_distance = 100;
  with.genesis_number = {5};
  Drive low(with);
  low.begin({ref(5), {}, {}}).add(block(60));
  low.payload(EngineStatus::kValid);
  low.forkchoice(EngineStatus::kValid);
  EXPECT_EQ(low.expect<ReadBlock>().number, BlockNumber{5});
  with.safe_distance = 20;
  Drive safe(with);
  safe.begin({ref(50), ref(45), {}}).add(block(60));
  safe.payload(EngineStatus::kValid);
  safe.forkchoice(EngineStatus::kValid);
  EXPECT_TRUE(safe.idle());
  EXPECT_EQ(safe.controller.heads().safe, ref(45));
}

TEST(EngineSyncTest, FinalizesNoBlockWhoseForkchoiceGotNoAnswer) {
  Drive run(kExecution);
  run.begin({ref(0), ref(0), ref(0)}).add(block(20));
  run.payload(EngineStatus::kValid);
  run.forkchoice(Result<PayloadStatus>(errors::kEngineTimeout));
  run.now += seconds(60);
  run.begin({ref(0), ref(0), ref(0)}).add(block(21));
  for (int block_of_two = 0; block_of_two < 2; ++block_of_two) {
    run.payload(EngineStatus::kSyncing);
    EXPECT_TRUE(run.forkchoice(EngineStatus::kSyncing).finalized.is_zero());
  }
  EXPECT_EQ(run.controller.engine_sync(), EngineSync::kStarted);
}

TEST(EngineSyncTest, IsOverWhenTheEngineHasFinalizedUnlessItSyncsThenToo) {
  EXPECT_EQ(Drive(kExecution).begin().controller.engine_sync(), EngineSync::kFinished);
  ControllerOptions reth = options(kExecution);
  reth.engine_syncs_after_finalization = true;
  EXPECT_EQ(Drive(reth).begin().controller.engine_sync(), EngineSync::kStarted);
  EXPECT_EQ(Drive(kExecution).begin({ref(10), {}, {}}).controller.engine_sync(), EngineSync::kStarted);
}

TEST(EngineSyncTest, WithoutReqRespBlocksGoStraightToTheEngineForEver) {
  Drive run(Mode{SyncMode::kExecution, false});
  run.begin().add(block(30));
  EXPECT_EQ(run.payload(EngineStatus::kSyncing), 30u);
  run.forkchoice(EngineStatus::kSyncing);
  EXPECT_EQ(run.head(), 30u);
  EXPECT_TRUE(run.controller.on_payload(queued(block(30))).error().is(errors::kPayloadStale));
}

TEST(EngineSyncTest, StraightBlocksAreBounded) {
  ControllerOptions few = options(Mode{SyncMode::kExecution, false});
  few.max_direct = 2;
  Drive run(few);
  run.begin();
  for (const std::uint64_t number : {20, 30, 40}) run.add(block(number));
  EXPECT_EQ(run.payload(EngineStatus::kValid), 30u) << "the oldest went";
}

}  // namespace
}  // namespace opwire::opstack
