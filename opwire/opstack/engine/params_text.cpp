#include "opwire/opstack/engine/params_text.hpp"

#include "opwire/codec/hex.hpp"
#include "opwire/codec/quantity.hpp"
#include "opwire/opstack/payload/payload_json.hpp"

namespace opwire::opstack {
namespace {

void append_hex(std::string& text, ByteView bytes) {
  text.append("\"").append(codec::to_hex0x(bytes)).append("\"");
}
void append_field(std::string& text, std::string_view name, ByteView bytes) {
  text.append(",\"").append(name).append("\":");
  append_hex(text, bytes);
}

void append_transactions(std::string& text, const std::vector<Bytes>& transactions) {
  text += R"(,"transactions":[)";
  for (const Bytes& transaction : transactions) {
    if (&transaction != &transactions.front()) text += ',';
    append_hex(text, transaction);
  }
  text += ']';
}

void append_fees(std::string& text, const FeeParameters& fees, bool min_base_fee) {
  ByteArray<8> params;
  store_be<std::uint32_t>(params.data(), fees.denominator);
  store_be<std::uint32_t>(params.data() + 4, fees.elasticity);
  append_field(text, "eip1559Params", params);
  if (min_base_fee) text.append(R"(,"minBaseFee":)").append(std::to_string(fees.min_base_fee.value_or(0)));
}

void append_attributes(std::string& text, const PayloadAttributes& attributes, const ForkSchedule& forks) {
  const auto active = [&](Fork fork) { return forks.is_active(fork, attributes.timestamp); };
  text.append(R"({"timestamp":")").append(codec::to_quantity(attributes.timestamp)).append("\"");
  append_field(text, "prevRandao", attributes.prev_randao.view());
  append_field(text, "suggestedFeeRecipient", attributes.fee_recipient.view());
  if (active(Fork::kCanyon)) text += R"(,"withdrawals":[])";
  if (active(Fork::kEcotone)) {
    append_field(text, "parentBeaconBlockRoot", attributes.parent_beacon_block_root.view());
  }
  append_transactions(text, attributes.transactions);
  text.append(R"(,"noTxPool":)").append(attributes.no_tx_pool ? "true" : "false");
  text.append(R"(,"gasLimit":")").append(codec::to_quantity(attributes.gas_limit)).append("\"");
  if (active(Fork::kHolocene)) append_fees(text, attributes.fees, active(Fork::kJovian));
  text += '}';
}

}  // namespace

std::string new_payload_params(const Envelope& envelope, PayloadVersion version) {
  std::string text = to_json(envelope.payload);
  text.insert(0, 1, '[');
  if (has_beacon_root(version)) {
    text += ",[],";  // no blobs on an OP chain
    append_hex(text, envelope.parent_beacon_block_root.view());
  }
  if (has_withdrawals_root(version)) text += ",[]";  // nor execution layer requests
  text += ']';
  return text;
}

std::string forkchoice_params(const Forkchoice& state, const PayloadAttributes* attributes, const ForkSchedule& forks) {
  std::string text = R"([{"headBlockHash":)";
  append_hex(text, state.head.view());
  append_field(text, "safeBlockHash", state.safe.view());
  append_field(text, "finalizedBlockHash", state.finalized.view());
  text += "},";
  if (attributes == nullptr) {
    text += "null";
  } else {
    append_attributes(text, *attributes, forks);
  }
  text += ']';
  return text;
}

}  // namespace opwire::opstack
