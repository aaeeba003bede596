#include "opwire/opstack/driver/payload_queue.hpp"

#include "opwire/opstack/driver/blocks_for_test.hpp"

namespace opwire::opstack {
namespace {

using test::block;
using test::queued;

// Every test block of this size counts the same.
Envelope sized(std::uint64_t number, std::uint8_t branch = 0) {
  return block(number, {branch, 0, 10'000, true});
}
std::size_t one() {
  return queued_size(sized(1).payload);
}
PayloadQueueOptions room_for(std::size_t blocks, bool displace = true) {
  PayloadQueueOptions options;
  options.max_bytes = blocks * one() + one() / 2;
  options.sync_displaces_highest = displace;
  return options;
}
std::uint64_t lowest(const PayloadQueue& queue) {
  return queue.lowest()->envelope.payload.number.value;
}

TEST(PayloadQueue, CountsAThousandBytesAndEachTransactionWith24) {
  const std::size_t first = block(1).payload.transactions[0].size();
  EXPECT_EQ(queued_size(ExecutionPayload{}), 1000u);
  EXPECT_EQ(queued_size(sized(1).payload), 1000 + first + 24 + 10'000 + 24);
  EXPECT_EQ(PayloadQueueOptions().max_bytes, 524'288'000u);
}

TEST(PayloadQueue, LowestFirstWhateverTheOrderOfArrival) {
  PayloadQueue queue;
  for (const std::uint64_t number : {9, 8, 7, 12, 5}) ASSERT_TRUE(queue.push(queued(block(number))));
  EXPECT_EQ(queue.highest()->value, 12u);
  for (const std::uint64_t number : {5, 7, 8, 9, 12}) {
    EXPECT_EQ(lowest(queue), number);
    EXPECT_TRUE(queue.drop(test::hash(number)));
  }
  EXPECT_EQ(queue.lowest(), nullptr);
  EXPECT_EQ(queue.highest(), std::nullopt);
  EXPECT_EQ(queue.bytes(), 0u);
}

TEST(PayloadQueue, RefusesAHashThatItHas) {
  PayloadQueue queue;
  ASSERT_TRUE(queue.push(queued(block(5))));
  const auto again = queue.push(queued(block(5), PayloadOrigin::kSync));
  ASSERT_FALSE(again);
  EXPECT_TRUE(again.error().is(errors::kPayloadQueued));
  EXPECT_EQ(queue.size(), 1u);
}

TEST(PayloadQueue, KeepsAnotherBlockOfTheSameHeightBehindTheFirst) {
  PayloadQueue queue;
  ASSERT_TRUE(queue.push(queued(block(5, {2}))));
  ASSERT_TRUE(queue.push(queued(block(5, {1}))));
  EXPECT_EQ(queue.size(), 2u);
  EXPECT_EQ(queue.lowest()->envelope.payload.block_hash, test::hash(5, 2));
}

TEST(PayloadQueue, RefusesABlockLargerThanTheLimitAndKeepsTheRest) {
  PayloadQueue queue(room_for(2));
  ASSERT_TRUE(queue.push(queued(sized(5))));
  const auto large = queue.push(queued(block(6, {0, 0, 3 * one(), true})));
  ASSERT_FALSE(large);
  EXPECT_TRUE(large.error().is(errors::kPayloadTooLarge));
  EXPECT_EQ(queue.size(), 1u);
}

TEST(PayloadQueue, OverTheLimitTheLowestGo) {
  PayloadQueue queue(room_for(3));
  for (const std::uint64_t number : {5, 6, 7, 8}) ASSERT_TRUE(queue.push(queued(sized(number))));
  EXPECT_EQ(lowest(queue), 6u);
  EXPECT_EQ(queue.size(), 3u);
  EXPECT_LE(queue.bytes(), room_for(3).max_bytes);
}

TEST(PayloadQueue, ANewLowestIsRefusedWhenFullAndMayComeAgain) {
  PayloadQueue queue(room_for(2));
  for (const std::uint64_t number : {6, 7}) ASSERT_TRUE(queue.push(queued(sized(number))));
  const auto refused = queue.push(queued(sized(5)));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is(errors::kQueueFull));
  EXPECT_FALSE(queue.contains(test::hash(5)));
  EXPECT_TRUE(queue.drop(test::hash(7)));
  EXPECT_TRUE(queue.push(queued(sized(5))));
}

TEST(PayloadQueue, FromSyncTheBlockNearerToTheHeadTakesThePlaceOfTheHighest) {
  PayloadQueue queue(room_for(3));
  for (std::uint64_t number = 20; number >= 11; --number) {
    ASSERT_TRUE(queue.push(queued(sized(number), PayloadOrigin::kSync)));
  }
  EXPECT_EQ(lowest(queue), 11u);
  EXPECT_EQ(queue.highest()->value, 13u);
  EXPECT_TRUE(queue.push(queued(sized(14), PayloadOrigin::kSync)).error().is(errors::kQueueFull));
}

TEST(PayloadQueue, WithoutThatOptionSyncIsTreatedAsGossip) {
  PayloadQueue queue(room_for(2, false));
  for (const std::uint64_t number : {7, 6}) ASSERT_TRUE(queue.push(queued(sized(number), PayloadOrigin::kSync)));
  EXPECT_FALSE(queue.push(queued(sized(5), PayloadOrigin::kSync)));
}

TEST(PayloadQueue, RemembersWhoSentAndHow) {
  PayloadQueue queue;
  const PeerId peer = PeerId::parse_text("12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp").value();
  ASSERT_TRUE(queue.push({block(5), peer, PayloadOrigin::kSync}));
  EXPECT_EQ(queue.lowest()->from, peer);
  EXPECT_EQ(queue.lowest()->origin, PayloadOrigin::kSync);
}

TEST(PayloadQueue, DropsWhatAHeadHasPassed) {
  PayloadQueue queue;
  for (const std::uint64_t number : {3, 4, 5, 6}) ASSERT_TRUE(queue.push(queued(block(number))));
  ASSERT_TRUE(queue.push(queued(block(5, {1}))));
  EXPECT_EQ(queue.drop_up_to({5}), 4u);
  EXPECT_EQ(lowest(queue), 6u);
  EXPECT_EQ(queue.drop_up_to({5}), 0u);
}

TEST(PayloadQueue, DropsABranchAndNothingElse) {
  PayloadQueue queue;
  ASSERT_TRUE(queue.push(queued(block(5))));
  ASSERT_TRUE(queue.push(queued(block(5, {1}))));
  ASSERT_TRUE(queue.push(queued(block(6, {1, 1}))));
  ASSERT_TRUE(queue.push(queued(block(6))));
  ASSERT_TRUE(queue.push(queued(block(7, {1, 1}))));
  ASSERT_TRUE(queue.push(queued(block(9, {1, 1}))));
  EXPECT_EQ(queue.drop_branch({test::hash(5, 1), {5}}),
            (std::vector<Hash256>{test::hash(5, 1), test::hash(6, 1), test::hash(7, 1)}));
  EXPECT_EQ(queue.size(), 3u) << "9 may be of another, as long as 8 is not here";
  EXPECT_TRUE(queue.contains(test::hash(6)));
}

TEST(PayloadQueue, PutsOneBehindItsRivals) {
  PayloadQueue queue;
  ASSERT_TRUE(queue.push(queued(block(5, {1}))));
  ASSERT_TRUE(queue.push(queued(block(5))));
  queue.put_last(test::hash(5, 1));
  EXPECT_EQ(queue.lowest()->envelope.payload.block_hash, test::hash(5));
  EXPECT_EQ(queue.size(), 2u);
  EXPECT_TRUE(queue.drop(test::hash(5, 1)));
  queue.put_last(test::hash(5, 1));
  EXPECT_EQ(queue.size(), 1u);
}

TEST(PayloadQueue, FindsTheFirstChildOfABlock) {
  PayloadQueue queue;
  ASSERT_TRUE(queue.push(queued(block(6, {1, 1}))));
  ASSERT_TRUE(queue.push(queued(block(6))));
  ASSERT_TRUE(queue.push(queued(block(6, {2, 0}))));
  ASSERT_TRUE(queue.push(queued(block(7, {1, 1}))));
  EXPECT_EQ(queue.child_of({test::hash(5), {5}})->envelope.payload.block_hash, test::hash(6));
  EXPECT_EQ(queue.child_of({test::hash(5, 1), {5}})->envelope.payload.block_hash, test::hash(6, 1));
  EXPECT_EQ(queue.child_of({test::hash(6), {6}}), nullptr);
  EXPECT_EQ(queue.child_of({test::hash(5), {4}}), nullptr) << "right parent, wrong height";
}

}  // namespace
}  // namespace opwire::opstack
