#include <algorithm>

#include "opwire/crypto/hash.hpp"
#include "opwire/opstack/payload/ssz.hpp"
#include "opwire/opstack/payload/ssz_layout.hpp"

namespace opwire::opstack {
namespace {

class FieldWriter {
 public:
  explicit FieldWriter(std::size_t size) { bytes_.reserve(size); }

  void write(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  template <std::size_t N, class Tag>
  void write(const FixedBytes<N, Tag>& value) {
    write(value.view());
  }
  void write(const Uint256& value) { bytes_.insert(bytes_.end(), value.bytes.rbegin(), value.bytes.rend()); }
  template <std::unsigned_integral T>
  void write(T value) {
    ByteArray<sizeof(T)> bytes;
    store_le(bytes.data(), value);
    write(bytes);
  }
  void write_offset(std::size_t offset) { write(static_cast<std::uint32_t>(offset)); }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

// Limits of the parts keep every offset below 2^32.
void write_fixed_fields(FieldWriter& out, const ExecutionPayload& payload) {
  const std::size_t extra_data = ssz_layout::fixed_size(payload.version);
  const std::size_t transactions = extra_data + payload.extra_data.view().size();
  out.write(payload.parent_hash);
  out.write(payload.fee_recipient);
  out.write(payload.state_root);
  out.write(payload.receipts_root);
  out.write(payload.logs_bloom);
  out.write(payload.prev_randao);
  out.write(payload.number.value);
  out.write(payload.gas_limit);
  out.write(payload.gas_used);
  out.write(payload.timestamp);
  out.write_offset(extra_data);
  out.write(payload.base_fee_per_gas);
  out.write(payload.block_hash);
  out.write_offset(transactions);
  if (has_withdrawals(payload.version)) out.write_offset(transactions + payload.transactions.ssz().size());
  if (has_blob_gas(payload.version)) {
    out.write(payload.blob_gas_used);
    out.write(payload.excess_blob_gas);
  }
  if (has_withdrawals_root(payload.version)) out.write(payload.withdrawals_root);
}

void write_withdrawals(FieldWriter& out, const WithdrawalList& withdrawals) {
  for (const Withdrawal& withdrawal : withdrawals.items()) {
    out.write(withdrawal.index);
    out.write(withdrawal.validator);
    out.write(withdrawal.address);
    out.write(withdrawal.amount);
  }
}

std::size_t encoded_size(const ExecutionPayload& payload) {
  return ssz_layout::kBeaconRootSize + ssz_layout::fixed_size(payload.version) + ExtraData::kMaxSize +
         payload.transactions.ssz().size() + payload.withdrawals.items().size() * ssz_layout::kWithdrawalSize;
}

}  // namespace

Bytes encode_ssz(const Envelope& envelope) {
  const ExecutionPayload& payload = envelope.payload;
  FieldWriter out(encoded_size(payload));
  if (has_beacon_root(payload.version)) out.write(envelope.parent_beacon_block_root);
  write_fixed_fields(out, payload);
  out.write(payload.extra_data.view());
  out.write(payload.transactions.ssz());
  if (has_withdrawals(payload.version)) write_withdrawals(out, payload.withdrawals);
  return out.take();
}

Hash256 payload_hash(ByteView ssz) noexcept {
  return crypto::keccak256(ssz);
}

}  // namespace opwire::opstack
