// An L2 block as the sequencer gossips it: the execution payload in its four versions.
#pragma once

#include <vector>

#include "opwire/base/result.hpp"
#include "opwire/base/strong.hpp"
#include "opwire/opstack/chain/fork.hpp"
#include "opwire/opstack/payload/extra_data.hpp"
#include "opwire/opstack/payload/transaction_list.hpp"

namespace opwire::opstack {

/// 256-bit unsigned integer, big-endian.
using Uint256 = FixedBytes<32, struct Uint256Tag>;
using LogsBloom = FixedBytes<256, struct LogsBloomTag>;

struct Withdrawal {
  std::uint64_t index = 0;
  std::uint64_t validator = 0;
  Address address;
  std::uint64_t amount = 0;
  bool operator==(const Withdrawal&) const = default;
};

/// At most 16; on an OP chain always empty.
class WithdrawalList {
 public:
  static constexpr std::size_t kMaxCount = 16;

  WithdrawalList() = default;
  /// Errors: kTooManyWithdrawals.
  static Result<WithdrawalList> make(std::vector<Withdrawal> withdrawals);
  const std::vector<Withdrawal>& items() const noexcept { return items_; }
  bool operator==(const WithdrawalList&) const = default;

 private:
  std::vector<Withdrawal> items_;
};

/// The version alone says which fields exist; one that does not exist stays at its default. Cheap to copy: transactions
/// are shared. Times are Unix seconds.
struct ExecutionPayload {
  PayloadVersion version = PayloadVersion::kV1;
  Hash256 parent_hash;
  Address fee_recipient;
  Hash256 state_root;
  Hash256 receipts_root;
  LogsBloom logs_bloom;
  Hash256 prev_randao;
  BlockNumber number;
  std::uint64_t gas_limit = 0;
  std::uint64_t gas_used = 0;
  std::uint64_t timestamp = 0;
  ExtraData extra_data;
  Uint256 base_fee_per_gas;
  Hash256 block_hash;  ///< as stated by the sender
  TransactionList transactions;
  WithdrawalList withdrawals;         ///< V2 and later
  std::uint64_t blob_gas_used = 0;    ///< V3 and later; from Jovian on the data availability footprint
  std::uint64_t excess_blob_gas = 0;  ///< V3 and later
  Hash256 withdrawals_root;           ///< V4: storage root of the message passer

  bool operator==(const ExecutionPayload&) const = default;
};

/// What is signed, gossiped and served.
struct Envelope {
  Envelope() = default;
  explicit Envelope(ExecutionPayload of, const Hash256& beacon_root = {})
      : payload(std::move(of)), parent_beacon_block_root(beacon_root) {}

  ExecutionPayload payload;
  Hash256 parent_beacon_block_root;  ///< V3 and later
  bool operator==(const Envelope&) const = default;
};

}  // namespace opwire::opstack
