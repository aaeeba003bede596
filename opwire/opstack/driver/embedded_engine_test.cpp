#include "opwire/opstack/driver/embedded_engine.hpp"

#include "opwire/opstack/driver/blocks_for_test.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::opstack {
namespace {

using test::block;
using test::hash;
using test::ref;

EmbeddedEngineOptions from(std::uint64_t number, std::size_t max_blocks = 4096) {
  EmbeddedEngineOptions options;
  options.start = ref(number);
  options.max_blocks = max_blocks;
  return options;
}
EngineStatus add(EmbeddedEngine& engine, const Envelope& envelope) {
  return engine.accept(envelope.payload).status;
}
EngineStatus set(EmbeddedEngine& engine, const Forkchoice& forkchoice) {
  return engine.choose(forkchoice).value().status;
}

TEST(EmbeddedEngine, ABlockIsValidWhenItsParentIsKnown) {
  EmbeddedEngine engine(from(5));
  EXPECT_EQ(add(engine, block(7)), EngineStatus::kSyncing);
  EXPECT_EQ(add(engine, block(6)), EngineStatus::kValid);
  EXPECT_EQ(add(engine, block(7)), EngineStatus::kValid);
  EXPECT_EQ(add(engine, block(7)), EngineStatus::kValid);
}

TEST(EmbeddedEngine, AChildThatSkipsAHeightOrHasNoL1InfoIsInvalid) {
  EmbeddedEngine engine(from(5));
  Envelope skips = block(7);
  skips.payload.parent_hash = hash(5);
  EXPECT_EQ(add(engine, skips), EngineStatus::kInvalid);
  EXPECT_EQ(add(engine, block(6, {0, 0, 0, false})), EngineStatus::kInvalid);
}

TEST(EmbeddedEngine, WithoutAStartTheFirstBlockIsTakenAsItIs) {
  EmbeddedEngine engine;
  EXPECT_EQ(add(engine, block(1000)), EngineStatus::kValid);
  EXPECT_EQ(add(engine, block(2000)), EngineStatus::kSyncing);
  EXPECT_EQ(set(engine, {hash(1000), {}, {}}), EngineStatus::kValid);
}

TEST(EmbeddedEngine, LabelsAndNumbersFollowTheForkchoice) {
  SimulatedLoop loop;
  EmbeddedEngine engine(from(5));
  for (const std::uint64_t number : {6, 7}) ASSERT_EQ(add(engine, block(number)), EngineStatus::kValid);
  ASSERT_EQ(add(engine, block(7, {1, 0})), EngineStatus::kValid);
  ASSERT_EQ(set(engine, {hash(7, 1), hash(6), hash(5)}), EngineStatus::kValid);
  EXPECT_EQ(loop.run(engine.block(BlockLabel::kLatest)).value()->hash, hash(7, 1));
  EXPECT_EQ(loop.run(engine.block(BlockLabel::kSafe)).value()->hash, hash(6));
  EXPECT_EQ(loop.run(engine.block(BlockLabel::kFinalized)).value()->hash, hash(5));
  EXPECT_EQ(loop.run(engine.block(BlockNumber{7})).value()->hash, hash(7, 1));
  EXPECT_EQ(loop.run(engine.block(BlockNumber{8})).value(), std::nullopt);
}

TEST(EmbeddedEngine, RefusesASafeBlockThatIsNoAncestorOfTheHead) {
  EmbeddedEngine engine(from(5));
  ASSERT_EQ(add(engine, block(6)), EngineStatus::kValid);
  ASSERT_EQ(add(engine, block(6, {1, 0})), EngineStatus::kValid);
  const auto refused = engine.choose({hash(6), hash(6, 1), {}});
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is(errors::kInvalidForkchoice));
  EXPECT_EQ(set(engine, {hash(99), {}, {}}), EngineStatus::kSyncing);
}

TEST(EmbeddedEngine, AHeadFromBeforeIsNeitherSafeNorFinalized) {
  SimulatedLoop loop;
  EmbeddedEngineOptions options = from(5);
  options.start_is_final = false;
  EmbeddedEngine engine(options);
  EXPECT_EQ(loop.run(engine.block(BlockLabel::kLatest)).value()->hash, hash(5));
  EXPECT_EQ(loop.run(engine.block(BlockLabel::kSafe)).value(), std::nullopt);
  EXPECT_EQ(loop.run(engine.block(BlockLabel::kFinalized)).value(), std::nullopt);
  EXPECT_EQ(set(engine, {hash(5), hash(3), hash(2)}), EngineStatus::kValid) << "below what is kept";
  EmbeddedEngine whole(from(5));
  EXPECT_FALSE(whole.choose({hash(5), hash(3), {}})) << "from genesis on all is kept";
}

TEST(EmbeddedEngine, KeepsSoManyBlocksAndTheFinalizedOne) {
  EmbeddedEngine engine(from(5, 10));
  for (std::uint64_t number = 6; number < 100; ++number) {
    ASSERT_EQ(add(engine, block(number)), EngineStatus::kValid);
    ASSERT_EQ(set(engine, {hash(number), hash(5), hash(5)}), EngineStatus::kValid);
  }
  EXPECT_EQ(engine.size(), 10u);
  EXPECT_EQ(add(engine, block(6)), EngineStatus::kValid) << "the finalized block is still known as its parent";
}

TEST(EmbeddedEngine, WhereItsKnowledgeEndsABranchMayReplaceItsStart) {
  EmbeddedEngineOptions options;
  options.start = test::ref(10);
  options.start_is_final = false;
  EmbeddedEngine engine(options);
  EXPECT_EQ(engine.accept(test::block(11, {1, 1}).payload).status, EngineStatus::kSyncing);
  EXPECT_EQ(engine.accept(test::block(10, {1, 1}).payload).status, EngineStatus::kValid);
  EXPECT_EQ(engine.choose({test::hash(10, 1), {}, {}}).value().status, EngineStatus::kValid);
  EXPECT_EQ(engine.accept(test::block(11, {1, 1}).payload).status, EngineStatus::kValid);
}

TEST(EmbeddedEngine, AFinalStartIsNotReplaced) {
  EmbeddedEngineOptions options;
  options.start = test::ref(10);
  EmbeddedEngine engine(options);
  EXPECT_EQ(engine.accept(test::block(10, {1, 1}).payload).status, EngineStatus::kSyncing);
}

}  // namespace
}  // namespace opwire::opstack
