#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "opwire/codec/hex.hpp"
#include "opwire/codec/quantity.hpp"
#include "opwire/opstack/payload/payload_json.hpp"

namespace opwire::opstack {
namespace {

namespace json = boost::json;

// Reads the fields of one object and remembers the first complaint.
class FieldReader {
 public:
  FieldReader(const json::object& object, std::string path, std::string& complaint)
      : object_(object), path_(std::move(path)), complaint_(complaint) {}

  bool has(std::string_view key) const { return find(key) != nullptr; }

  template <std::size_t N, class Tag>
  void read(std::string_view key, FixedBytes<N, Tag>& out) {
    const auto text = hex_text(key);
    if (text && !codec::from_hex(*text, MutableByteView(out.bytes))) {
      complain(key, "expected " + std::to_string(N) + " bytes in 0x-hex");
    }
  }
  void read(std::string_view key, Uint256& out) { read_quantity(key, out.bytes); }
  void read(std::string_view key, std::uint64_t& out) {
    ByteArray<8> bytes{};
    read_quantity(key, bytes);
    out = load_be<std::uint64_t>(bytes.data());
  }
  void read(std::string_view key, ExtraData& out) {
    const auto text = hex_text(key);
    if (!text) return;
    const auto bytes = codec::from_hex(*text);
    if (!bytes) return complain(key, "expected bytes in 0x-hex");
    auto extra = ExtraData::parse(*bytes);
    if (!extra) return complain(key, extra.error().message());
    out = std::move(extra).value();
  }
  const json::array* array(std::string_view key) {
    const json::value* value = required(key);
    if (value == nullptr) return nullptr;
    if (!value->is_array()) complain(key, "expected an array");
    return value->if_array();
  }
  void complain(std::string_view key, std::string_view what) {
    if (complaint_.empty()) complaint_.append(path_).append(key).append(": ").append(what);
  }

 private:
  const json::value* find(std::string_view key) const {
    const json::value* value = object_.if_contains(key);
    return value == nullptr || value->is_null() ? nullptr : value;
  }
  const json::value* required(std::string_view key) {
    const json::value* value = find(key);
    if (value == nullptr) complain(key, "missing");
    return value;
  }
  // What follows after nothing but a check for 0x.
  std::optional<std::string_view> hex_text(std::string_view key) {
    const json::value* value = required(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string() || !value->get_string().starts_with("0x")) {
      complain(key, "expected 0x-hex");
      return std::nullopt;
    }
    return std::string_view(value->get_string());
  }
  void read_quantity(std::string_view key, MutableByteView big_endian) {
    const auto text = hex_text(key);
    if (!text) return;
    if (!codec::from_quantity(*text, big_endian)) {
      complain(key, "expected a number of at most " + std::to_string(2 * big_endian.size()) +
                        " 0x-hex digits without leading zeros");
    }
  }

  const json::object& object_;
  std::string path_;
  std::string& complaint_;
};

void read_transactions(FieldReader& reader, TransactionList& out) {
  const json::array* items = reader.array("transactions");
  if (items == nullptr) return;
  std::vector<Bytes> transactions;
  std::vector<ByteView> views;
  for (const json::value& item : *items) {
    const bool is_hex = item.is_string() && item.get_string().starts_with("0x");
    auto bytes = is_hex ? codec::from_hex(item.get_string()) : Bytes();
    if (!is_hex || !bytes) return reader.complain("transactions", "expected texts of bytes in 0x-hex");
    views.emplace_back(transactions.emplace_back(std::move(bytes).value()));
  }
  auto list = TransactionList::make(views);
  if (!list) return reader.complain("transactions", list.error().message());
  out = std::move(list).value();
}

void read_withdrawals(FieldReader& reader, WithdrawalList& out, std::string& complaint) {
  const json::array* items = reader.array("withdrawals");
  if (items == nullptr) return;
  std::vector<Withdrawal> withdrawals;
  for (const json::value& item : *items) {
    if (!item.is_object()) return reader.complain("withdrawals", "expected objects");
    FieldReader fields(item.get_object(), "withdrawals.", complaint);
    Withdrawal& withdrawal = withdrawals.emplace_back();
    fields.read("index", withdrawal.index);
    fields.read("validatorIndex", withdrawal.validator);
    fields.read("address", withdrawal.address);
    fields.read("amount", withdrawal.amount);
  }
  auto list = WithdrawalList::make(std::move(withdrawals));
  if (!list) return reader.complain("withdrawals", list.error().message());
  out = std::move(list).value();
}

PayloadVersion latest_version(const FieldReader& reader) {
  if (reader.has("withdrawalsRoot")) return PayloadVersion::kV4;
  if (reader.has("blobGasUsed") || reader.has("excessBlobGas")) return PayloadVersion::kV3;
  if (reader.has("withdrawals")) return PayloadVersion::kV2;
  return PayloadVersion::kV1;
}

ExecutionPayload read_payload(FieldReader& reader, std::string& complaint) {
  ExecutionPayload payload;
  payload.version = latest_version(reader);
  reader.read("parentHash", payload.parent_hash);
  reader.read("feeRecipient", payload.fee_recipient);
  reader.read("stateRoot", payload.state_root);
  reader.read("receiptsRoot", payload.receipts_root);
  reader.read("logsBloom", payload.logs_bloom);
  reader.read("prevRandao", payload.prev_randao);
  reader.read("blockNumber", payload.number.value);
  reader.read("gasLimit", payload.gas_limit);
  reader.read("gasUsed", payload.gas_used);
  reader.read("timestamp", payload.timestamp);
  reader.read("extraData", payload.extra_data);
  reader.read("baseFeePerGas", payload.base_fee_per_gas);
  reader.read("blockHash", payload.block_hash);
  read_transactions(reader, payload.transactions);
  if (has_withdrawals(payload.version)) read_withdrawals(reader, payload.withdrawals, complaint);
  if (has_blob_gas(payload.version)) {
    reader.read("blobGasUsed", payload.blob_gas_used);
    reader.read("excessBlobGas", payload.excess_blob_gas);
  }
  if (has_withdrawals_root(payload.version)) reader.read("withdrawalsRoot", payload.withdrawals_root);
  return payload;
}

Result<json::object, std::string> parse_object(std::string_view text) {
  json::error_code error;
  json::value value = json::parse({text.data(), text.size()}, error);
  if (error) return "not JSON: " + error.message();
  if (!value.is_object()) return std::string("expected a JSON object");
  return std::move(value.get_object());
}

}  // namespace

Result<ExecutionPayload, std::string> parse_payload_json(std::string_view text) {
  OPW_TRY(const json::object object, parse_object(text));
  std::string complaint;
  FieldReader reader(object, "", complaint);
  ExecutionPayload payload = read_payload(reader, complaint);
  if (!complaint.empty()) return complaint;
  return payload;
}

Result<Envelope, std::string> parse_envelope_json(std::string_view text) {
  OPW_TRY(const json::object object, parse_object(text));
  const json::value* inner = object.if_contains("executionPayload");
  if (inner == nullptr || !inner->is_object()) return std::string("executionPayload: missing, or not an object");

  std::string complaint;
  Envelope envelope;
  FieldReader fields(inner->get_object(), "executionPayload.", complaint);
  envelope.payload = read_payload(fields, complaint);
  FieldReader reader(object, "", complaint);
  if (has_beacon_root(envelope.payload.version)) {
    reader.read("parentBeaconBlockRoot", envelope.parent_beacon_block_root);
  } else if (reader.has("parentBeaconBlockRoot")) {
    reader.complain("parentBeaconBlockRoot", "not part of a payload without blob gas fields");
  }
  if (!complaint.empty()) return complaint;
  return envelope;
}

}  // namespace opwire::opstack
