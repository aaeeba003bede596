#include <algorithm>

#include "opwire/opstack/payload/errors.hpp"
#include "opwire/opstack/payload/ssz.hpp"
#include "opwire/opstack/payload/ssz_layout.hpp"

namespace opwire::opstack {
namespace {

// Takes fields off the front; the caller has checked that they are all there.
class FieldReader {
 public:
  explicit FieldReader(ByteView bytes) noexcept : rest_(bytes) {}

  template <std::size_t N, class Tag>
  void read(FixedBytes<N, Tag>& out) noexcept {
    std::ranges::copy(take(N), out.bytes.begin());
  }
  void read(Uint256& out) noexcept { std::ranges::reverse_copy(take(out.kSize), out.bytes.begin()); }
  void read(std::uint64_t& out) noexcept { out = load_le<std::uint64_t>(take(8).data()); }
  std::size_t read_offset() noexcept { return load_le<std::uint32_t>(take(4).data()); }

 private:
  ByteView take(std::size_t size) noexcept {
    const ByteView front = rest_.first(size);
    rest_ = rest_.subspan(size);
    return front;
  }
  ByteView rest_;
};

struct Offsets {
  std::size_t extra_data;
  std::size_t transactions;
  std::size_t withdrawals;  // end of the transactions where there are none
};

Offsets read_fixed_fields(FieldReader fields, std::size_t scope, ExecutionPayload& out) {
  Offsets offsets{};
  fields.read(out.parent_hash);
  fields.read(out.fee_recipient);
  fields.read(out.state_root);
  fields.read(out.receipts_root);
  fields.read(out.logs_bloom);
  fields.read(out.prev_randao);
  fields.read(out.number.value);
  fields.read(out.gas_limit);
  fields.read(out.gas_used);
  fields.read(out.timestamp);
  offsets.extra_data = fields.read_offset();
  fields.read(out.base_fee_per_gas);
  fields.read(out.block_hash);
  offsets.transactions = fields.read_offset();
  offsets.withdrawals = has_withdrawals(out.version) ? fields.read_offset() : scope;
  if (has_blob_gas(out.version)) {
    fields.read(out.blob_gas_used);
    fields.read(out.excess_blob_gas);
  }
  if (has_withdrawals_root(out.version)) fields.read(out.withdrawals_root);
  return offsets;
}

Result<void> check(const Offsets& offsets, PayloadVersion version, std::size_t scope) {
  if (offsets.extra_data != ssz_layout::fixed_size(version)) return errors::kExtraDataOffset;
  if (offsets.transactions < offsets.extra_data) return errors::kTransactionsOffset;
  if (offsets.transactions > scope) return errors::kTransactionsOutOfScope;
  if (offsets.withdrawals < offsets.transactions) return errors::kWithdrawalsOffset;
  if (offsets.withdrawals > scope) return errors::kWithdrawalsOutOfScope;
  return {};
}

Result<WithdrawalList> decode_withdrawals(ByteView bytes) {
  if (bytes.size() % ssz_layout::kWithdrawalSize != 0) return errors::kWithdrawalsLength;
  const std::size_t count = bytes.size() / ssz_layout::kWithdrawalSize;
  if (count > WithdrawalList::kMaxCount) return errors::kTooManyWithdrawals;
  std::vector<Withdrawal> withdrawals(count);
  FieldReader fields(bytes);
  for (Withdrawal& withdrawal : withdrawals) {
    fields.read(withdrawal.index);
    fields.read(withdrawal.validator);
    fields.read(withdrawal.address);
    fields.read(withdrawal.amount);
  }
  return WithdrawalList::make(std::move(withdrawals));
}

Result<ExecutionPayload> decode_payload(PayloadVersion version, const SharedBytes& ssz) {
  const ByteView bytes = ssz.view();
  if (bytes.size() < ssz_layout::fixed_size(version)) return errors::kPayloadTooShort;
  ExecutionPayload payload;
  payload.version = version;
  const Offsets at = read_fixed_fields(FieldReader(bytes), bytes.size(), payload);
  OPW_TRYV(check(at, version, bytes.size()));
  OPW_TRY(payload.extra_data, ExtraData::parse(bytes.subspan(at.extra_data, at.transactions - at.extra_data)));
  OPW_TRY(payload.transactions, TransactionList::parse(ssz.slice(at.transactions, at.withdrawals - at.transactions)));
  OPW_TRY(payload.withdrawals, decode_withdrawals(bytes.subspan(at.withdrawals)));
  return payload;
}

}  // namespace

Result<Envelope> decode_ssz(PayloadVersion version, const SharedBytes& ssz) {
  Envelope envelope;
  if (!has_beacon_root(version)) {
    OPW_TRY(envelope.payload, decode_payload(version, ssz));
    return envelope;
  }
  if (ssz.size() < ssz_layout::kBeaconRootSize) return errors::kBeaconRootMissing;
  FieldReader(ssz.view()).read(envelope.parent_beacon_block_root);
  OPW_TRY(envelope.payload, decode_payload(version, ssz.from(ssz_layout::kBeaconRootSize)));
  return envelope;
}

}  // namespace opwire::opstack
