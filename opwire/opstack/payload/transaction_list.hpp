// A block's transactions as opaque bytes, kept in the form in which they travel.
#pragma once

#include <span>

#include "opwire/base/result.hpp"
#include "opwire/opstack/payload/shared_bytes.hpp"

namespace opwire::opstack {

/// A valid SSZ list of byte strings: little-endian 4-byte offsets, then the strings back to back. Each item is a view
/// into it, so that decoding copies no transaction and encoding is one copy. Items may be empty.
class TransactionList {
 public:
  static constexpr std::size_t kMaxCount = std::size_t{1} << 20;
  /// So that a payload of these and everything else has offsets of 32 bits.
  static constexpr std::size_t kMaxSize = 0xffff'0000;

  TransactionList() noexcept = default;
  /// Checks every offset; shares the bytes. Errors: kTransactionListTooShort, kFirstTransactionMisaligned,
  /// kFirstTransactionOutOfScope, kFirstTransactionZero, kTooManyTransactions, kTransactionOffsetsDecrease,
  /// kTransactionOutOfScope.
  static Result<TransactionList> parse(SharedBytes ssz);
  /// Copies the transactions into a new list. Errors: kTooManyTransactions, kTransactionsTooLarge.
  static Result<TransactionList> make(std::span<const ByteView> transactions);

  std::size_t size() const noexcept { return count_; }
  /// index < size(); the view lives as long as any copy of this list.
  ByteView operator[](std::size_t index) const noexcept;
  ByteView ssz() const noexcept { return ssz_.view(); }

  friend bool operator==(const TransactionList& a, const TransactionList& b) noexcept {
    return equal(a.ssz(), b.ssz());
  }

 private:
  TransactionList(SharedBytes ssz, std::size_t count) noexcept : ssz_(std::move(ssz)), count_(count) {}

  SharedBytes ssz_;
  std::size_t count_ = 0;
};

}  // namespace opwire::opstack
