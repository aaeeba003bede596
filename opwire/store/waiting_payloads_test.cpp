#include "opwire/store/waiting_payloads.hpp"

#include "opwire/store/payloads_for_test.hpp"

namespace opwire::store {
namespace {

using test::payload;

constexpr auto kSigned = PayloadKind::kSigned;
constexpr auto kLinked = PayloadKind::kLinked;

TEST(WaitingPayloads, GoInTheOrderInWhichTheyCame) {
  WaitingPayloads waiting(1 << 20);
  for (const std::uint64_t number : {5, 3, 9, 4}) EXPECT_EQ(waiting.put(payload(number)), 0u);
  auto some = waiting.take(2, 1 << 20);
  ASSERT_EQ(some.payloads.size(), 2u);
  EXPECT_EQ(some.payloads[0]->number, BlockNumber{5});
  EXPECT_EQ(some.payloads[1]->number, BlockNumber{3});
  EXPECT_TRUE(waiting.waits_until(1));
  EXPECT_TRUE(waiting.by_hash(test::block_hash(5))) << "until it is done";
  waiting.done(some);
  EXPECT_FALSE(waiting.by_hash(test::block_hash(5)));
  EXPECT_FALSE(waiting.waits_until(2));
  EXPECT_TRUE(waiting.waits_until(3));
  some = waiting.take(10, 1);
  EXPECT_EQ(some.payloads.size(), 1u) << "at least one";
  waiting.failed();
  some = waiting.take(10, 1 << 20);
  EXPECT_EQ(some.payloads.size(), 2u);
  waiting.done(some);
  EXPECT_TRUE(waiting.empty());
  EXPECT_EQ(waiting.bytes(), 0u);
}

TEST(WaitingPayloads, WhatIsBeingWrittenIsNotDropped) {
  WaitingPayloads waiting(5000);
  for (std::uint64_t number = 1; number <= 3; ++number) EXPECT_EQ(waiting.put(payload(number)), 0u);
  const auto some = waiting.take(2, 1 << 20);
  EXPECT_EQ(waiting.put(payload(4)), 1u);
  EXPECT_TRUE(waiting.by_hash(test::block_hash(1)));
  EXPECT_FALSE(waiting.by_hash(test::block_hash(3)));
  waiting.done(some);
  EXPECT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting.put(payload(9, kSigned, 0, 10'000)), 2u) << "larger than all of it";
  EXPECT_TRUE(waiting.empty());
  EXPECT_EQ(waiting.bytes(), 0u);
}

TEST(WaitingPayloads, SignedWhileTheLinkedOneIsBeingWritten) {
  WaitingPayloads waiting(1 << 20);
  waiting.put(payload(1, kLinked));
  const auto some = waiting.take(2, 1 << 20);
  waiting.put(payload(1, kSigned));
  EXPECT_EQ(waiting.by_hash(test::block_hash(1))->kind, kSigned);
  ASSERT_EQ(waiting.by_number(BlockNumber{1}).size(), 1u);
  EXPECT_EQ(waiting.by_number(BlockNumber{1})[0]->kind, kSigned);
  waiting.done(some);
  EXPECT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting.by_hash(test::block_hash(1))->kind, kSigned);
  waiting.put(payload(1, kLinked));
  EXPECT_EQ(waiting.size(), 1u);
}

TEST(WaitingPayloads, TheLinkedOneThatIsBeingWrittenOutlivesTheSignedOneThatHadNoRoom) {
  WaitingPayloads waiting(2000);
  waiting.put(payload(1, kLinked));
  const auto some = waiting.take(2, 1 << 20);
  EXPECT_EQ(waiting.put(payload(1, kSigned)), 1u);
  ASSERT_EQ(waiting.by_number(BlockNumber{1}).size(), 1u);
  EXPECT_EQ(waiting.by_number(BlockNumber{1})[0]->kind, kLinked);
  EXPECT_EQ(waiting.by_hash(test::block_hash(1))->kind, kLinked);
  waiting.done(some);
  EXPECT_TRUE(waiting.empty());
  EXPECT_EQ(waiting.by_hash(test::block_hash(1)), nullptr);
}

}  // namespace
}  // namespace opwire::store
