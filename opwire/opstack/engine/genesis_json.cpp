#include "opwire/opstack/engine/genesis_json.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "opwire/codec/hex.hpp"
#include "opwire/codec/quantity.hpp"
#include "opwire/opstack/engine/params_text.hpp"
#include "opwire/opstack/payload/extra_data.hpp"

namespace opwire::opstack {
namespace {

namespace json = boost::json;

constexpr const char* kBlockNumberForks[] = {
    "homesteadBlock",      "eip150Block",       "eip155Block",      "eip158Block",        "byzantiumBlock",
    "constantinopleBlock", "petersburgBlock",   "istanbulBlock",    "muirGlacierBlock",   "berlinBlock",
    "londonBlock",         "arrowGlacierBlock", "grayGlacierBlock", "mergeNetsplitBlock", "bedrockBlock"};

struct TimedFork {
  const char* name;
  Fork fork;
};
// L1's forks come with those of the OP Stack that take them over.
constexpr TimedFork kTimedForks[] = {
    {"shanghaiTime", Fork::kCanyon},   {"cancunTime", Fork::kEcotone},  {"pragueTime", Fork::kIsthmus},
    {"regolithTime", Fork::kRegolith}, {"canyonTime", Fork::kCanyon},   {"ecotoneTime", Fork::kEcotone},
    {"fjordTime", Fork::kFjord},       {"graniteTime", Fork::kGranite}, {"holoceneTime", Fork::kHolocene},
    {"isthmusTime", Fork::kIsthmus},   {"jovianTime", Fork::kJovian},   {"karstTime", Fork::kKarst},
    {"interopTime", Fork::kInterop}};

constexpr std::string_view kZeroHash = "0x0000000000000000000000000000000000000000000000000000000000000000";
constexpr std::string_view kOneAsHash = "0x0000000000000000000000000000000000000000000000000000000000000001";
constexpr std::string_view kTenThousandEther = "0x21e19e0c9bab2400000";

FeeConfig fees_of(const RollupConfig& config) {
  return config.fees.value_or(FeeConfig{6, 50, 250});
}

json::object chain_config(const RollupConfig& config) {
  json::object chain;
  chain["chainId"] = config.l2_chain_id.value;
  for (const char* const fork : kBlockNumberForks) chain[fork] = 0;
  chain["terminalTotalDifficulty"] = 0;
  for (const auto& [name, fork] : kTimedForks) {
    if (const auto time = config.forks.time(fork)) chain[name] = *time;
  }
  const FeeConfig fees = fees_of(config);
  json::object& optimism = chain["optimism"].emplace_object();
  optimism["eip1559Elasticity"] = fees.elasticity;
  optimism["eip1559Denominator"] = fees.denominator;
  if (fees.denominator_canyon) optimism["eip1559DenominatorCanyon"] = *fees.denominator_canyon;
  return chain;
}

std::string extra_data(const RollupConfig& config) {
  const std::uint64_t time = config.genesis.l2_time;
  if (!config.forks.is_active(Fork::kHolocene, time)) return "0x";
  const FeeConfig fees = fees_of(config);
  FeeParameters parameters;
  parameters.denominator = static_cast<std::uint32_t>(fees.denominator_canyon.value_or(fees.denominator));
  parameters.elasticity = static_cast<std::uint32_t>(fees.elasticity);
  if (config.forks.is_active(Fork::kJovian, time)) parameters.min_base_fee = config.genesis.system_config.min_base_fee;
  return codec::to_hex0x(ExtraData::make(parameters).view());
}

// The message passer has something stored, so that its root is not the empty trie's: op-node would take a block with
// that one for an older version.
json::object alloc(std::span<const Address> accounts) {
  json::object all;
  json::object& attributes = all["4200000000000000000000000000000000000015"].emplace_object();
  attributes["balance"] = "0x0";
  attributes["code"] = "0x00";
  json::object& passer = all["4200000000000000000000000000000000000016"].emplace_object();
  passer["balance"] = "0x0";
  passer["code"] = "0x00";
  passer["storage"].emplace_object()[kOneAsHash] = kOneAsHash;
  for (const Address& account : accounts) {
    all[codec::to_hex(account.view())].emplace_object()["balance"] = kTenThousandEther;
  }
  return all;
}

}  // namespace

std::string to_engine_genesis(const RollupConfig& config, std::span<const Address> accounts) {
  json::object genesis;
  genesis["config"] = chain_config(config);
  genesis["nonce"] = "0x0";
  genesis["timestamp"] = codec::to_quantity(config.genesis.l2_time);
  genesis["extraData"] = extra_data(config);
  genesis["gasLimit"] = codec::to_quantity(config.genesis.system_config.gas_limit);
  genesis["difficulty"] = "0x0";
  genesis["mixHash"] = kZeroHash;
  genesis["coinbase"] = "0x4200000000000000000000000000000000000011";
  genesis["baseFeePerGas"] = "0x3b9aca00";
  genesis["number"] = "0x0";
  genesis["gasUsed"] = "0x0";
  genesis["parentHash"] = kZeroHash;
  genesis["alloc"] = alloc(accounts);
  return json::serialize(genesis);
}

}  // namespace opwire::opstack
