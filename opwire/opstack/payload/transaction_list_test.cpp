#include "opwire/opstack/payload/transaction_list.hpp"

#include <gtest/gtest.h>

#include "opwire/opstack/payload/errors.hpp"

namespace opwire::opstack {
namespace {

// Little-endian offsets, then bytes.
Bytes list_of(std::initializer_list<std::uint32_t> offsets, std::size_t bytes_after) {
  Bytes list(offsets.size() * 4);
  std::size_t at = 0;
  for (const std::uint32_t offset : offsets) store_le(list.data() + 4 * at++, offset);
  list.resize(list.size() + bytes_after, 0xaa);
  return list;
}

void expect_refused(Bytes list, const ErrorKind& kind) {
  const auto result = TransactionList::parse(SharedBytes(std::move(list)));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().name(), kind.name);
  EXPECT_EQ(result.error().consequence(), Consequence::kPenalise);
}

TEST(TransactionList, HandsOutViewsWithoutCopying) {
  const SharedBytes bytes(list_of({12, 15, 15}, 5));
  const auto list = TransactionList::parse(bytes);
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 3u);
  EXPECT_EQ((*list)[0].data(), bytes.view().data() + 12);
  EXPECT_EQ((*list)[0].size(), 3u);
  EXPECT_EQ((*list)[1].size(), 0u);
  EXPECT_EQ((*list)[2].size(), 2u);
  EXPECT_TRUE(equal(list->ssz(), bytes.view()));
}

TEST(TransactionList, ViewsOutliveTheListTheyCameFrom) {
  ByteView view;
  TransactionList copy;
  {
    const auto list = TransactionList::parse(SharedBytes(list_of({4}, 3)));
    copy = *list;
    view = copy[0];
  }
  EXPECT_EQ(to_bytes(view), Bytes(3, 0xaa));
}

TEST(TransactionList, NoBytesAreNoTransactions) {
  const auto list = TransactionList::parse(SharedBytes());
  ASSERT_TRUE(list);
  EXPECT_EQ(list->size(), 0u);
  EXPECT_TRUE(list->ssz().empty());
}

TEST(TransactionList, MakeIsTheInverseOfParse) {
  const Bytes a(1, 1), b(1000, 2);
  const std::vector<ByteView> transactions{a, {}, b};
  const auto made = TransactionList::make(transactions);
  ASSERT_TRUE(made);
  const auto parsed = TransactionList::parse(SharedBytes(to_bytes(made->ssz())));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, *made);
  ASSERT_EQ(parsed->size(), 3u);
  EXPECT_TRUE(equal((*parsed)[2], b));
  EXPECT_TRUE(TransactionList::make({}).value().ssz().empty());
}

TEST(TransactionList, RefusesBadOffsets) {
  expect_refused(Bytes(3), errors::kTransactionListTooShort);
  expect_refused(list_of({5}, 8), errors::kFirstTransactionMisaligned);
  expect_refused(list_of({16}, 8), errors::kFirstTransactionOutOfScope);
  expect_refused(list_of({0}, 0), errors::kFirstTransactionZero);
  expect_refused(list_of({12, 16, 14}, 8), errors::kTransactionOffsetsDecrease);
  expect_refused(list_of({8, 4}, 8), errors::kTransactionOffsetsDecrease);
  expect_refused(list_of({8, 17}, 8), errors::kTransactionOutOfScope);
  expect_refused(list_of({8, 0xffff'ffff}, 8), errors::kTransactionOutOfScope);
}

TEST(TransactionList, RefusesMoreThanTheLimitBeforeItLooksAtThem) {
  constexpr std::uint32_t kCount = TransactionList::kMaxCount + 1;
  Bytes list(4 * kCount);
  store_le(list.data(), 4 * kCount);
  expect_refused(std::move(list), errors::kTooManyTransactions);
}

TEST(TransactionList, TheLimitItselfIsFine) {
  constexpr std::uint32_t kSize = 4 * TransactionList::kMaxCount;
  Bytes list(kSize);
  for (std::uint32_t i = 0; i < TransactionList::kMaxCount; ++i) store_le(list.data() + 4 * i, kSize);
  EXPECT_EQ(TransactionList::parse(SharedBytes(std::move(list))).value().size(), TransactionList::kMaxCount);
}

TEST(TransactionList, MakeRefusesWhatNoPayloadCanHold) {
  const Bytes big(8192);
  EXPECT_TRUE(TransactionList::make(std::vector<ByteView>(600'000, big)).error().is(errors::kTransactionsTooLarge));
  EXPECT_TRUE(TransactionList::make(std::vector<ByteView>(TransactionList::kMaxCount + 1))
                  .error()
                  .is(errors::kTooManyTransactions));
}

}  // namespace
}  // namespace opwire::opstack
