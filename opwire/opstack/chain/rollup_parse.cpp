#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <limits>

#include "opwire/codec/hex.hpp"
#include "opwire/opstack/chain/rollup_json.hpp"

namespace opwire::opstack {
namespace {

namespace json = boost::json;

// Reads the fields of one object into variables and remembers the first complaint. A missing or null field leaves its
// variable as it was.
class FieldReader {
 public:
  FieldReader(const json::object& object, std::string path, std::string& complaint)
      : object_(object), path_(std::move(path)), complaint_(complaint) {}

  void read(std::string_view key, std::uint64_t& out, std::uint64_t limit = std::numeric_limits<std::uint64_t>::max()) {
    const json::value* value = find(key);
    if (value == nullptr) return;
    json::error_code error;
    const auto number = value->is_number() ? value->to_number<std::uint64_t>(error) : 0;
    if (!value->is_number() || value->is_double() || error || number > limit) {
      return complain(key, "expected a whole number up to " + std::to_string(limit));
    }
    out = number;
  }
  void read(std::string_view key, std::uint16_t& out) {
    std::uint64_t number = out;
    read(key, number, std::numeric_limits<std::uint16_t>::max());
    out = static_cast<std::uint16_t>(number);
  }
  void read(std::string_view key, MutableByteView out) {
    const json::value* value = find(key);
    if (value == nullptr) return;
    const bool is_hex = value->is_string() && value->get_string().starts_with("0x");
    if (!is_hex || !codec::from_hex(value->get_string(), out)) {
      complain(key, "expected " + std::to_string(out.size()) + " bytes in 0x-hex");
    }
  }
  template <std::size_t N, class Tag>
  void read(std::string_view key, FixedBytes<N, Tag>& out) {
    read(key, MutableByteView(out.bytes));
  }
  template <class T, class Tag>
  void read(std::string_view key, StrongNumber<T, Tag>& out) {
    read(key, out.value);
  }
  void read(std::string_view key, std::string& out) {
    const json::value* value = find(key);
    if (value == nullptr) return;
    if (!value->is_string()) return complain(key, "expected a text");
    out = std::string_view(value->get_string());
  }
  template <class T>
  void read(std::string_view key, std::optional<T>& out) {
    if (find(key) != nullptr) read(key, out.emplace());
  }
  /// Calls read_fields with a reader of the object under key, if there is one.
  template <class ReadFields>
  void object(std::string_view key, ReadFields read_fields) {
    const json::value* value = find(key);
    if (value == nullptr) return;
    if (!value->is_object()) return complain(key, "expected an object");
    read_fields(FieldReader(value->get_object(), path_ + std::string(key) + ".", complaint_));
  }

 private:
  const json::value* find(std::string_view key) const {
    const json::value* value = object_.if_contains(key);
    return value == nullptr || value->is_null() ? nullptr : value;
  }
  void complain(std::string_view key, const std::string& expectation) {
    if (complaint_.empty()) complaint_ = path_ + std::string(key) + ": " + expectation;
  }

  const json::object& object_;
  std::string path_;
  std::string& complaint_;
};

void read_block_id(FieldReader reader, BlockId& id) {
  reader.read("hash", id.hash);
  reader.read("number", id.number);
}

void read_genesis(FieldReader reader, Genesis& genesis) {
  reader.object("l1", [&](FieldReader l1) { read_block_id(l1, genesis.l1); });
  reader.object("l2", [&](FieldReader l2) { read_block_id(l2, genesis.l2); });
  reader.read("l2_time", genesis.l2_time);
  reader.object("system_config", [&](FieldReader fields) {
    SystemConfig& system = genesis.system_config;
    fields.read("batcherAddr", system.batcher);
    fields.read("overhead", system.overhead);
    fields.read("scalar", system.scalar);
    fields.read("gasLimit", system.gas_limit);
    fields.read("eip1559Params", MutableByteView(system.eip1559_params));
    fields.read("operatorFeeParams", system.operator_fee_params);
    fields.read("minBaseFee", system.min_base_fee);
    fields.read("daFootprintGasScalar", system.da_footprint_gas_scalar);
  });
}

void read_fork_times(FieldReader& reader, ForkSchedule& forks) {
  for (std::size_t i = 1; i < kForkCount; ++i) {
    const auto fork = static_cast<Fork>(i);
    std::optional<std::uint64_t> time;
    reader.read(std::string(to_string(fork)) + "_time", time);
    forks.set_time(fork, time);
  }
}

void read_optional_parts(FieldReader& reader, RollupConfig& config) {
  reader.read("protocol_versions_address", config.protocol_versions_address);
  reader.read("pectra_blob_schedule_time", config.pectra_blob_schedule_time);
  reader.object("chain_op_config", [&](FieldReader fields) {
    FeeConfig& fees = config.fees.emplace();
    fields.read("eip1559Elasticity", fees.elasticity);
    fields.read("eip1559Denominator", fees.denominator);
    fields.read("eip1559DenominatorCanyon", fees.denominator_canyon);
  });
  reader.object("alt_da", [&](FieldReader fields) {
    AltDaConfig& alt_da = config.alt_da.emplace();
    fields.read("da_challenge_contract_address", alt_da.challenge_contract);
    fields.read("da_commitment_type", alt_da.commitment_type);
    fields.read("da_challenge_window", alt_da.challenge_window);
    fields.read("da_resolve_window", alt_da.resolve_window);
  });
}

void read_config(FieldReader& reader, RollupConfig& config) {
  reader.object("genesis", [&](FieldReader fields) { read_genesis(fields, config.genesis); });
  reader.read("block_time", config.block_time);
  reader.read("max_sequencer_drift", config.max_sequencer_drift);
  reader.read("seq_window_size", config.seq_window_size);
  reader.read("channel_timeout", config.channel_timeout);
  reader.read("l1_chain_id", config.l1_chain_id);
  reader.read("l2_chain_id", config.l2_chain_id);
  read_fork_times(reader, config.forks);
  reader.read("batch_inbox_address", config.batch_inbox_address);
  reader.read("deposit_contract_address", config.deposit_contract_address);
  reader.read("l1_system_config_address", config.l1_system_config_address);
  read_optional_parts(reader, config);
}

bool is_unknown_time(std::string_view key) {
  constexpr std::string_view kSuffix = "_time";
  if (!key.ends_with(kSuffix) || key == "block_time" || key == "pectra_blob_schedule_time") return false;
  const auto fork = parse_fork(key.substr(0, key.size() - kSuffix.size()));
  return !fork || *fork == Fork::kBedrock;
}

}  // namespace

Result<ParsedRollupConfig, std::string> parse_rollup_config(std::string_view text) {
  json::error_code error;
  const json::value value = json::parse({text.data(), text.size()}, error);
  if (error) return "not JSON: " + error.message();
  if (!value.is_object()) return std::string("expected a JSON object");

  ParsedRollupConfig parsed;
  std::string complaint;
  FieldReader reader(value.get_object(), "", complaint);
  read_config(reader, parsed.config);
  for (const auto& [key, time] : value.get_object()) {
    if (!is_unknown_time(key) || time.is_null()) continue;
    reader.read(key, parsed.config.unknown_times[key]);
    parsed.warnings.push_back(std::string(key) + " is not known here: it is kept, but nothing follows it");
  }
  if (!complaint.empty()) return complaint;
  return parsed;
}

}  // namespace opwire::opstack
