#include "opwire/opstack/payload/transaction_list.hpp"

#include "opwire/opstack/payload/errors.hpp"

namespace opwire::opstack {
namespace {

constexpr std::size_t kOffsetSize = 4;

std::size_t offset_at(ByteView list, std::size_t index) noexcept {
  return load_le<std::uint32_t>(list.data() + index * kOffsetSize);
}

Result<void> check_offsets(ByteView list, std::size_t count) {
  std::size_t start = offset_at(list, 0);
  for (std::size_t i = 1; i < count; ++i) {
    const std::size_t next = offset_at(list, i);
    if (next < start) return errors::kTransactionOffsetsDecrease;
    if (next > list.size()) return errors::kTransactionOutOfScope;
    start = next;
  }
  return {};
}

}  // namespace

Result<TransactionList> TransactionList::parse(SharedBytes ssz) {
  const ByteView list = ssz.view();
  if (list.empty()) return TransactionList();
  if (list.size() < kOffsetSize) return errors::kTransactionListTooShort;
  const std::size_t first = offset_at(list, 0);
  if (first % kOffsetSize != 0) return errors::kFirstTransactionMisaligned;
  if (first > list.size()) return errors::kFirstTransactionOutOfScope;
  if (first == 0) return errors::kFirstTransactionZero;
  const std::size_t count = first / kOffsetSize;
  if (count > kMaxCount) return errors::kTooManyTransactions;
  OPW_TRYV(check_offsets(list, count));
  return TransactionList(std::move(ssz), count);
}

Result<TransactionList> TransactionList::make(std::span<const ByteView> transactions) {
  if (transactions.size() > kMaxCount) return errors::kTooManyTransactions;
  std::size_t size = transactions.size() * kOffsetSize;
  for (const ByteView transaction : transactions) {
    if (transaction.size() > kMaxSize - size) return errors::kTransactionsTooLarge;
    size += transaction.size();
  }
  Bytes list;
  list.reserve(size);
  list.resize(transactions.size() * kOffsetSize);
  for (std::size_t i = 0; i < transactions.size(); ++i) {
    store_le(list.data() + i * kOffsetSize, static_cast<std::uint32_t>(list.size()));
    list.insert(list.end(), transactions[i].begin(), transactions[i].end());
  }
  return TransactionList(SharedBytes(std::move(list)), transactions.size());
}

ByteView TransactionList::operator[](std::size_t index) const noexcept {
  const ByteView list = ssz_.view();
  const std::size_t start = offset_at(list, index);
  const std::size_t end = index + 1 == count_ ? list.size() : offset_at(list, index + 1);
  return list.subspan(start, end - start);
}

}  // namespace opwire::opstack
