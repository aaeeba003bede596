// What an engine would say about a block.
#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string>

#include "opwire/codec/hex.hpp"
#include "opwire/opstack/driver/blocks_for_test.hpp"
#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/payload_json.hpp"

namespace opwire::opstack::test {

inline const std::string kStatusValid = R"({"status":"VALID","latestValidHash":null,"validationError":null})";

inline std::string status_text(const std::string& status) {
  return R"({"status":")" + status + R"(","latestValidHash":null,"validationError":"words"})";
}
inline std::string forkchoice_text(const std::string& status, const std::string& id = "null") {
  return R"({"payloadStatus":)" + status_text(status) + R"(,"payloadId":)" + id + "}";
}

/// A block with its right hash, of the version at its time.
inline Envelope sealed_block(std::uint64_t number, PayloadVersion version) {
  Envelope envelope = block(number);
  envelope.payload.version = version;
  envelope.payload.base_fee_per_gas.bytes[31] = 7;
  if (has_withdrawals_root(version)) envelope.payload.withdrawals_root.bytes[0] = 9;
  if (has_beacon_root(version)) envelope.parent_beacon_block_root.bytes[0] = 8;
  envelope.payload.block_hash = block_hash(envelope);
  return envelope;
}

inline boost::json::object engine_fields(const Envelope& envelope) {
  return boost::json::parse(to_json(envelope.payload)).as_object();
}

/// eth_getBlockByNumber without transactions.
inline std::string block_text(const Envelope& envelope) {
  boost::json::object fields = engine_fields(envelope);
  const std::pair<const char*, const char*> renamed[] = {
      {"feeRecipient", "miner"}, {"prevRandao", "mixHash"}, {"blockNumber", "number"}, {"blockHash", "hash"}};
  for (const auto& [from, to] : renamed) fields[to] = fields.at(from);
  fields["transactions"].emplace_array().emplace_back("0x01");
  if (has_beacon_root(envelope.payload.version)) {
    fields["parentBeaconBlockRoot"] = codec::to_hex0x(envelope.parent_beacon_block_root.view());
  }
  return boost::json::serialize(fields);
}

/// engine_getPayloadBodiesByHashV1
inline std::string bodies_text(const Envelope& envelope) {
  boost::json::object fields = engine_fields(envelope);
  boost::json::object body;
  body["transactions"] = fields.at("transactions");
  body["withdrawals"] = has_withdrawals(envelope.payload.version) ? fields.at("withdrawals") : nullptr;
  return "[" + boost::json::serialize(body) + "]";
}

/// eth_getTransactionByBlockHashAndIndex, for the first.
inline std::string first_transaction_text(std::uint8_t origin, std::uint64_t sequence) {
  return R"({"type":"0x7e","input":")" + codec::to_hex0x(isthmus_calldata(origin, sequence)) + R"("})";
}

}  // namespace opwire::opstack::test
