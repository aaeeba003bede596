#include "opwire/opstack/engine/answers.hpp"

#include <boost/json/serialize.hpp>

#include "opwire/codec/hex.hpp"
#include "opwire/codec/quantity.hpp"
#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/payload_json.hpp"

namespace opwire::opstack {
namespace {

namespace json = boost::json;

Error malformed(const char* what) {
  return Error(errors::kEngineAnswer, what);
}

// Null where there is none, or an explicit null.
const json::value* find(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<std::string_view> text_of(const json::object& object, std::string_view key) {
  const json::value* const value = find(object, key);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string_view(value->get_string());
}

Result<void> read_fixed(const json::object& object, const char* key, MutableByteView out) {
  const auto text = text_of(object, key);
  if (!text || !text->starts_with("0x") || !codec::from_hex(*text, out)) return malformed(key);
  return {};
}

Result<std::uint64_t> read_quantity(const json::object& object, const char* key) {
  const auto text = text_of(object, key);
  const auto number = codec::from_quantity(text.value_or(""));
  if (!number) return malformed(key);
  return *number;
}

std::optional<EngineStatus> status_from(std::string_view text) {
  if (text == "VALID") return EngineStatus::kValid;
  if (text == "INVALID") return EngineStatus::kInvalid;
  if (text == "SYNCING") return EngineStatus::kSyncing;
  if (text == "ACCEPTED") return EngineStatus::kAccepted;
  if (text == "INVALID_BLOCK_HASH") return EngineStatus::kInvalidBlockHash;
  return std::nullopt;
}

// The payload's JSON is read by the one reader there is; what it complains of is not for our errors, which are static.
Result<Envelope> read_envelope(const json::value& envelope, PayloadVersion version) {
  auto read = parse_envelope_json(json::serialize(envelope));
  if (!read) return malformed("a payload's fields");
  if (read->payload.version != version) return malformed("a payload of another fork");
  if (!check_block_hash(*read)) return malformed("a payload that has not its block's hash");
  return std::move(*read);
}

struct FieldName {
  const char* payload;
  const char* header;
};
constexpr FieldName kOfAll[] = {
    {"parentHash", "parentHash"}, {"feeRecipient", "miner"},
    {"stateRoot", "stateRoot"},   {"receiptsRoot", "receiptsRoot"},
    {"logsBloom", "logsBloom"},   {"prevRandao", "mixHash"},
    {"blockNumber", "number"},    {"gasLimit", "gasLimit"},
    {"gasUsed", "gasUsed"},       {"timestamp", "timestamp"},
    {"extraData", "extraData"},   {"baseFeePerGas", "baseFeePerGas"},
    {"blockHash", "hash"},
};
constexpr FieldName kOfV3[] = {{"blobGasUsed", "blobGasUsed"}, {"excessBlobGas", "excessBlobGas"}};

json::object payload_of(const json::object& block, const json::object& body, PayloadVersion version) {
  json::object payload;
  const auto copy = [&payload](const json::object& from, const char* key, const char* as) {
    if (const json::value* const value = find(from, key)) payload[as] = *value;
  };
  for (const auto& [as, key] : kOfAll) copy(block, key, as);
  copy(body, "transactions", "transactions");
  if (has_withdrawals(version)) copy(body, "withdrawals", "withdrawals");
  if (has_blob_gas(version)) {
    for (const auto& [as, key] : kOfV3) copy(block, key, as);
  }
  if (has_withdrawals_root(version)) copy(block, "withdrawalsRoot", "withdrawalsRoot");
  return payload;
}

}  // namespace

Result<PayloadStatus> read_payload_status(const json::value& answer) {
  const json::object* const fields = answer.if_object();
  if (fields == nullptr) return malformed("a status that is no object");
  const auto text = text_of(*fields, "status");
  const auto status = text ? status_from(*text) : std::nullopt;
  if (!status) return malformed("its status");
  PayloadStatus read;
  read.status = *status;
  if (find(*fields, "latestValidHash") != nullptr) {
    OPW_TRYV(read_fixed(*fields, "latestValidHash", read.latest_valid.emplace().bytes));
  }
  read.validation_error = text_of(*fields, "validationError").value_or("").substr(0, kMaxEngineWords);
  return read;
}

Result<ForkchoiceAnswer> read_forkchoice_answer(const json::value& answer) {
  const json::object* const fields = answer.if_object();
  const json::value* const status = fields == nullptr ? nullptr : find(*fields, "payloadStatus");
  if (status == nullptr) return malformed("no payloadStatus");
  ForkchoiceAnswer read;
  OPW_TRY(read.status, read_payload_status(*status));
  if (find(*fields, "payloadId") != nullptr) {
    OPW_TRYV(read_fixed(*fields, "payloadId", read.building.emplace()));
  }
  return read;
}

Result<Envelope> read_built(const json::value& answer, PayloadVersion version) {
  return read_envelope(answer, version);
}

Result<std::optional<BlockHead>> read_block_head(const json::value& answer) {
  if (answer.is_null()) return std::optional<BlockHead>();
  const json::object* const fields = answer.if_object();
  if (fields == nullptr) return malformed("a block that is no object");
  BlockHead head;
  OPW_TRYV(read_fixed(*fields, "hash", head.hash.bytes));
  OPW_TRY(head.number.value, read_quantity(*fields, "number"));
  OPW_TRYV(read_fixed(*fields, "parentHash", head.parent_hash.bytes));
  OPW_TRY(head.timestamp, read_quantity(*fields, "timestamp"));
  return std::optional<BlockHead>(head);
}

Result<Bytes> read_calldata(const json::value& answer) {
  const json::object* const fields = answer.if_object();
  if (fields == nullptr) return malformed("no first transaction");
  const auto text = text_of(*fields, "input");
  if (!text || !text->starts_with("0x")) return malformed("input");
  auto bytes = codec::from_hex(*text);
  if (!bytes) return malformed("input");
  return std::move(*bytes);
}

Result<Envelope> assemble_payload(const json::value& block, const json::value& bodies, PayloadVersion version) {
  const json::array* const list = bodies.if_array();
  if (list == nullptr || list->size() != 1) return malformed("not the one body that was asked for");
  if (list->front().is_null()) return errors::kNoSuchBlock;
  const json::object* const header = block.if_object();
  const json::object* const body = list->front().if_object();
  if (header == nullptr || body == nullptr) return malformed("a block or a body that is no object");
  json::object envelope;
  envelope["executionPayload"] = payload_of(*header, *body, version);
  if (has_beacon_root(version)) {
    const json::value* const root = find(*header, "parentBeaconBlockRoot");
    if (root == nullptr) return malformed("parentBeaconBlockRoot");
    envelope["parentBeaconBlockRoot"] = *root;
  }
  return read_envelope(envelope, version);
}

}  // namespace opwire::opstack
