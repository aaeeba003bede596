#include <boost/json/serialize.hpp>

#include "opwire/codec/hex.hpp"
#include "opwire/opstack/chain/rollup_json.hpp"

namespace opwire::opstack {
namespace {

namespace json = boost::json;

// Objects of numbers and plain texts, indented like Go's.
class Writer {
 public:
  void open(std::string_view key = {}) {
    if (!key.empty()) put_key(key);
    text_ += '{';
    ++depth_;
    first_ = true;
  }
  void close() {
    --depth_;
    new_line();
    text_ += '}';
    first_ = false;
  }
  void field(std::string_view key, std::uint64_t value) {
    put_key(key);
    text_ += std::to_string(value);
  }
  void field(std::string_view key, std::string_view value) {
    put_key(key);
    text_ += json::serialize(value);
  }
  void field(std::string_view key, ByteView value) { field(key, codec::to_hex0x(value)); }
  void field(std::string_view key, const std::optional<std::uint64_t>& value) {
    if (value) field(key, *value);
  }
  std::string take() { return std::move(text_); }

 private:
  void new_line() { text_.append("\n").append(2 * depth_, ' '); }
  void put_key(std::string_view key) {
    if (!first_) text_ += ',';
    first_ = false;
    new_line();
    text_.append(json::serialize(key)).append(": ");
  }

  std::string text_;
  std::size_t depth_ = 0;
  bool first_ = true;
};

void write_block_id(Writer& out, std::string_view key, const BlockId& id) {
  out.open(key);
  out.field("hash", id.hash.view());
  out.field("number", id.number.value);
  out.close();
}

void write_genesis(Writer& out, const Genesis& genesis) {
  const SystemConfig& system = genesis.system_config;
  out.open("genesis");
  write_block_id(out, "l1", genesis.l1);
  write_block_id(out, "l2", genesis.l2);
  out.field("l2_time", genesis.l2_time);
  out.open("system_config");
  out.field("batcherAddr", system.batcher.view());
  out.field("overhead", system.overhead.view());
  out.field("scalar", system.scalar.view());
  out.field("gasLimit", system.gas_limit);
  out.field("eip1559Params", ByteView(system.eip1559_params));
  out.field("operatorFeeParams", system.operator_fee_params.view());
  out.field("minBaseFee", system.min_base_fee);
  out.field("daFootprintGasScalar", std::uint64_t{system.da_footprint_gas_scalar});
  out.close();
  out.close();
}

void write_times(Writer& out, const RollupConfig& config) {
  for (std::size_t i = 1; i < kForkCount; ++i) {
    const auto fork = static_cast<Fork>(i);
    out.field(std::string(to_string(fork)) + "_time", config.forks.time(fork));
  }
  for (const auto& [key, time] : config.unknown_times) out.field(key, time);
}

void write_fees(Writer& out, const FeeConfig& fees) {
  out.open("chain_op_config");
  out.field("eip1559Elasticity", fees.elasticity);
  out.field("eip1559Denominator", fees.denominator);
  out.field("eip1559DenominatorCanyon", fees.denominator_canyon);
  out.close();
}

void write_alt_da(Writer& out, const AltDaConfig& alt_da) {
  out.open("alt_da");
  out.field("da_challenge_contract_address", alt_da.challenge_contract.view());
  out.field("da_commitment_type", alt_da.commitment_type);
  out.field("da_challenge_window", alt_da.challenge_window);
  out.field("da_resolve_window", alt_da.resolve_window);
  out.close();
}

}  // namespace

std::string to_json(const RollupConfig& config) {
  Writer out;
  out.open();
  write_genesis(out, config.genesis);
  out.field("block_time", config.block_time);
  if (config.max_sequencer_drift != 0) out.field("max_sequencer_drift", config.max_sequencer_drift);
  out.field("seq_window_size", config.seq_window_size);
  out.field("channel_timeout", config.channel_timeout);
  out.field("l1_chain_id", config.l1_chain_id.value);
  out.field("l2_chain_id", config.l2_chain_id.value);
  write_times(out, config);
  out.field("batch_inbox_address", config.batch_inbox_address.view());
  out.field("deposit_contract_address", config.deposit_contract_address.view());
  out.field("l1_system_config_address", config.l1_system_config_address.view());
  if (config.protocol_versions_address)
    out.field("protocol_versions_address", config.protocol_versions_address->view());
  if (config.fees) write_fees(out, *config.fees);
  if (config.alt_da) write_alt_da(out, *config.alt_da);
  out.field("pectra_blob_schedule_time", config.pectra_blob_schedule_time);
  out.close();
  return out.take();
}

}  // namespace opwire::opstack
