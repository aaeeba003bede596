#include "opwire/opstack/chain/registry.hpp"

#include <algorithm>
#include <charconv>

#include "opwire/codec/hex.hpp"
#include "opwire/opstack/chain/chains_csv.hpp"
#include "opwire/opstack/chain/near_names.hpp"

namespace opwire::opstack {
namespace {

constexpr std::uint64_t kChannelTimeout = 300;  // L1 blocks; op-node's constant for every chain of the registry

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

// One line of the embedded file, read by column name. The file is ours, so whatever is wrong in it aborts.
class Row {
 public:
  Row(const std::vector<std::string_view>& columns, std::string_view line)
      : columns_(columns), cells_(split(line, ',')) {
    OPW_CHECK(cells_.size() == columns_.size());
  }

  std::string_view text(std::string_view column) const {
    const auto found = std::ranges::find(columns_, column);
    OPW_CHECK(found != columns_.end());
    return cells_[static_cast<std::size_t>(found - columns_.begin())];
  }
  std::optional<std::uint64_t> optional_number(std::string_view column) const {
    const std::string_view cell = text(column);
    if (cell.empty()) return std::nullopt;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    OPW_CHECK(error == std::errc{} && end == cell.data() + cell.size());
    return value;
  }
  std::uint64_t number(std::string_view column) const {
    const auto value = optional_number(column);
    OPW_CHECK(value.has_value());
    return *value;
  }
  template <class Fixed>
  Fixed hex(std::string_view column) const {
    return codec::from_hex_as<Fixed>(text(column)).value();
  }

 private:
  const std::vector<std::string_view>& columns_;
  std::vector<std::string_view> cells_;
};

Genesis read_genesis(const Row& row) {
  Genesis genesis;
  genesis.l1 = {row.hex<Hash256>("genesis_l1_hash"), BlockNumber{row.number("genesis_l1_number")}};
  genesis.l2 = {row.hex<Hash256>("genesis_l2_hash"), BlockNumber{row.number("genesis_l2_number")}};
  genesis.l2_time = row.number("genesis_l2_time");
  genesis.system_config.batcher = row.hex<Address>("batcher_address");
  genesis.system_config.overhead = row.hex<Hash256>("overhead");
  genesis.system_config.scalar = row.hex<Hash256>("scalar");
  genesis.system_config.gas_limit = row.number("gas_limit");
  return genesis;
}

ForkSchedule read_forks(const Row& row) {
  ForkSchedule forks;
  forks.set_time(Fork::kRegolith, 0);
  for (auto fork = Fork::kCanyon; fork <= Fork::kKarst; fork = static_cast<Fork>(static_cast<int>(fork) + 1)) {
    forks.set_time(fork, row.optional_number(std::string(to_string(fork)) + "_time"));
  }
  return forks;
}

AltDaConfig read_alt_da(const Row& row) {
  AltDaConfig alt_da;
  alt_da.challenge_contract = row.hex<Address>("da_challenge_contract_address");
  alt_da.commitment_type = row.text("da_commitment_type");
  alt_da.challenge_window = row.number("da_challenge_window");
  alt_da.resolve_window = row.number("da_resolve_window");
  return alt_da;
}

RollupConfig read_config(const Row& row) {
  RollupConfig config;
  config.genesis = read_genesis(row);
  config.block_time = row.number("block_time");
  config.max_sequencer_drift = row.number("max_sequencer_drift");
  config.seq_window_size = row.number("seq_window_size");
  config.channel_timeout = kChannelTimeout;
  config.l1_chain_id = ChainId{row.number("l1_chain_id")};
  config.l2_chain_id = ChainId{row.number("chain_id")};
  config.forks = read_forks(row);
  config.pectra_blob_schedule_time = row.optional_number("pectra_blob_schedule_time");
  config.batch_inbox_address = row.hex<Address>("batch_inbox_address");
  config.deposit_contract_address = row.hex<Address>("deposit_contract_address");
  config.l1_system_config_address = row.hex<Address>("system_config_proxy");
  config.fees = FeeConfig{row.number("eip1559_elasticity"), row.number("eip1559_denominator"),
                          row.optional_number("eip1559_denominator_canyon")};
  if (!row.text("da_commitment_type").empty()) config.alt_da = read_alt_da(row);
  return config;
}

// "mainnet/op" is op-mainnet.
std::string network_name(std::string_view identifier) {
  const std::size_t slash = identifier.find('/');
  OPW_CHECK(slash != std::string_view::npos);
  return std::string(identifier.substr(slash + 1)).append("-").append(identifier.substr(0, slash));
}

std::vector<Chain> read_chains(std::string_view csv) {
  std::vector<std::string_view> lines = split(csv, '\n');
  std::erase(lines, "");
  const std::vector<std::string_view> columns = split(lines.at(0), ',');
  std::vector<Chain> chains;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const Row row(columns, lines[i]);
    chains.push_back({network_name(row.text("identifier")), std::string(row.text("name")),
                      row.hex<Address>("unsafe_block_signer"), read_config(row)});
  }
  std::ranges::sort(chains, {}, &Chain::name);
  return chains;
}

const std::vector<Chain>& chains() {
  static const std::vector<Chain> all = read_chains(kChainsCsv);
  return all;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

Result<const Chain*, std::string> find_chain(std::string_view name) {
  std::string wanted = lower_case(name);
  if (wanted == "mainnet" || wanted == "sepolia") wanted.insert(0, "op-");
  const auto found = std::ranges::find(chains(), wanted, &Chain::name);
  if (found != chains().end()) return &*found;

  std::string text = "unknown network \"" + std::string(name) + "\"";
  const std::vector<std::string> near = near_names(wanted, chain_names());
  for (std::size_t i = 0; i < near.size(); ++i) text.append(i == 0 ? "; did you mean " : ", ").append(near[i]);
  if (near.empty()) text += "; names are like op-mainnet, base-mainnet, unichain-sepolia";
  return text;
}

const Chain* find_chain(ChainId id) {
  const auto found = std::ranges::find(chains(), id, [](const Chain& chain) { return chain.config.l2_chain_id; });
  return found == chains().end() ? nullptr : &*found;
}

std::vector<std::string> chain_names() {
  std::vector<std::string> names;
  for (const Chain& chain : chains()) names.push_back(chain.name);
  return names;
}

}  // namespace opwire::opstack
