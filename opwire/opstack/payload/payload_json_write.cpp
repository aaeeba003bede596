#include "opwire/codec/hex.hpp"
#include "opwire/opstack/payload/payload_json.hpp"

namespace opwire::opstack {
namespace {

// Every value is hexadecimal, so nothing needs escaping.
class Writer {
 public:
  explicit Writer(const ExecutionPayload& payload) {
    constexpr std::size_t kOtherFields = 4096;  // more than they ever take, so that a caller may add to the text
    const TransactionList& transactions = payload.transactions;
    text_.reserve(kOtherFields + 2 * transactions.ssz().size());  // an offset there is as long as the marks here
  }
  void open(char bracket) {
    text_ += bracket;
    first_ = true;
  }
  void close(char bracket) {
    text_ += bracket;
    first_ = false;
  }
  void key(std::string_view name) {
    next();
    text_.append("\"").append(name).append("\":");
  }
  void next() {
    if (!first_) text_ += ',';
    first_ = false;
  }
  void value(ByteView bytes) {
    text_ += "\"0x";
    codec::append_hex(text_, bytes);
    text_ += '"';
  }
  void quantity(ByteView big_endian) {
    const std::string digits = codec::to_hex(big_endian);
    const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    text_.append("\"0x").append(digits, first).append("\"");
  }
  void field(std::string_view name, ByteView bytes) {
    key(name);
    value(bytes);
  }
  void field(std::string_view name, std::uint64_t number) {
    ByteArray<8> bytes;
    store_be(bytes.data(), number);
    key(name);
    quantity(bytes);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  bool first_ = true;
};

void write_transactions(Writer& out, const TransactionList& transactions) {
  out.key("transactions");
  out.open('[');
  for (std::size_t i = 0; i < transactions.size(); ++i) {
    out.next();
    out.value(transactions[i]);
  }
  out.close(']');
}

void write_withdrawals(Writer& out, const WithdrawalList& withdrawals) {
  out.key("withdrawals");
  out.open('[');
  for (const Withdrawal& withdrawal : withdrawals.items()) {
    out.next();
    out.open('{');
    out.field("index", withdrawal.index);
    out.field("validatorIndex", withdrawal.validator);
    out.field("address", withdrawal.address.view());
    out.field("amount", withdrawal.amount);
    out.close('}');
  }
  out.close(']');
}

void write_payload(Writer& out, const ExecutionPayload& payload) {
  out.open('{');
  out.field("parentHash", payload.parent_hash.view());
  out.field("feeRecipient", payload.fee_recipient.view());
  out.field("stateRoot", payload.state_root.view());
  out.field("receiptsRoot", payload.receipts_root.view());
  out.field("logsBloom", payload.logs_bloom.view());
  out.field("prevRandao", payload.prev_randao.view());
  out.field("blockNumber", payload.number.value);
  out.field("gasLimit", payload.gas_limit);
  out.field("gasUsed", payload.gas_used);
  out.field("timestamp", payload.timestamp);
  out.field("extraData", payload.extra_data.view());
  out.key("baseFeePerGas");
  out.quantity(payload.base_fee_per_gas.view());
  out.field("blockHash", payload.block_hash.view());
  write_transactions(out, payload.transactions);
  if (has_withdrawals(payload.version)) write_withdrawals(out, payload.withdrawals);
  if (has_blob_gas(payload.version)) {
    out.field("blobGasUsed", payload.blob_gas_used);
    out.field("excessBlobGas", payload.excess_blob_gas);
  }
  if (has_withdrawals_root(payload.version)) out.field("withdrawalsRoot", payload.withdrawals_root.view());
  out.close('}');
}

}  // namespace

std::string to_json(const ExecutionPayload& payload) {
  Writer out(payload);
  write_payload(out, payload);
  return out.take();
}

std::string to_json(const Envelope& envelope) {
  Writer out(envelope.payload);
  out.open('{');
  if (has_beacon_root(envelope.payload.version)) {
    out.field("parentBeaconBlockRoot", envelope.parent_beacon_block_root.view());
  }
  out.key("executionPayload");
  write_payload(out, envelope.payload);
  out.close('}');
  return out.take();
}

}  // namespace opwire::opstack
