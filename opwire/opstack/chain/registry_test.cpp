#include "opwire/opstack/chain/registry.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "opwire/codec/hex.hpp"

namespace opwire::opstack {
namespace {

using Row = std::map<std::string, std::string>;

// The source tables, read by a second, simpler reader than the library's.
std::vector<Row> read_table(const std::string& name) {
  std::ifstream file(std::string(OPWIRE_TESTDATA "/opstack/") + name);
  const auto cells = [](std::string line) {
    std::vector<std::string> result;
    std::erase(line, '\r');
    std::stringstream stream(line + ",");
    for (std::string cell; std::getline(stream, cell, ',');) result.push_back(cell);
    return result;
  };
  std::string line;
  std::getline(file, line);
  const auto columns = cells(line);
  std::vector<Row> rows;
  while (std::getline(file, line)) {
    const auto values = cells(line);
    Row& row = rows.emplace_back();
    for (std::size_t i = 0; i < columns.size(); ++i) row[columns[i]] = values.at(i);
  }
  return rows;
}

std::string text(std::optional<std::uint64_t> number) {
  return number ? std::to_string(*number) : "";
}

void expect_same(const Chain& chain, const Row& row) {
  const RollupConfig& config = chain.config;
  EXPECT_EQ(chain.display_name, row.at("name"));
  EXPECT_EQ(codec::to_checksum_hex(chain.unsafe_block_signer), row.at("unsafe_block_signer"));
  EXPECT_EQ(std::to_string(config.block_time), row.at("block_time"));
  EXPECT_EQ(std::to_string(config.seq_window_size), row.at("seq_window_size"));
  EXPECT_EQ(std::to_string(config.max_sequencer_drift), row.at("max_sequencer_drift"));
  EXPECT_EQ(std::to_string(config.genesis.l2_time), row.at("genesis_l2_time"));
  EXPECT_EQ(std::to_string(config.genesis.l2.number.value), row.at("genesis_l2_number"));
  EXPECT_EQ(codec::to_hex0x(config.genesis.l2.hash.view()), row.at("genesis_l2_hash"));
  EXPECT_EQ(std::to_string(config.genesis.l1.number.value), row.at("genesis_l1_number"));
  EXPECT_EQ(codec::to_hex0x(config.genesis.l1.hash.view()), row.at("genesis_l1_hash"));
  EXPECT_EQ(codec::from_hex_as<Address>(row.at("system_config_proxy")).value(), config.l1_system_config_address);
  for (std::size_t i = 2; i < kForkCount; ++i) {
    const auto column = row.find(std::string(to_string(static_cast<Fork>(i))) + "_time");
    EXPECT_EQ(text(config.forks.time(static_cast<Fork>(i))), column == row.end() ? "" : column->second);
  }
}

TEST(Registry, HoldsEveryChainOfTheSourceTables) {
  std::size_t count = 0;
  for (const char* table : {"superchain_registry_chains.csv", "superchain_registry_removed_base.csv"}) {
    for (const Row& row : read_table(table)) {
      SCOPED_TRACE(row.at("identifier"));
      const Chain* chain = find_chain(ChainId{std::stoull(row.at("chain_id"))});
      ASSERT_NE(chain, nullptr);
      expect_same(*chain, row);
      EXPECT_EQ(find_chain(chain->name).value(), chain);
      EXPECT_TRUE(validate(chain->config)) << validate(chain->config).error();
      ++count;
    }
  }
  EXPECT_EQ(count, 55u);
  EXPECT_EQ(chain_names().size(), count);
}

TEST(Registry, NamesAreOpNodes) {
  EXPECT_EQ(find_chain("op-mainnet").value()->config.l2_chain_id, ChainId{10});
  EXPECT_EQ(find_chain("OP-Mainnet").value()->config.l2_chain_id, ChainId{10});
  EXPECT_EQ(find_chain("mainnet").value()->config.l2_chain_id, ChainId{10});
  EXPECT_EQ(find_chain("sepolia").value()->config.l2_chain_id, ChainId{11155420});
  EXPECT_EQ(find_chain("base-mainnet").value()->config.l2_chain_id, ChainId{8453});
  EXPECT_EQ(find_chain("base-sepolia").value()->config.l2_chain_id, ChainId{84532});
  EXPECT_EQ(find_chain("unichain-mainnet").value()->config.l2_chain_id, ChainId{130});
  EXPECT_EQ(find_chain("settlus-mainnet-mainnet").value()->config.l2_chain_id, ChainId{5371});
  EXPECT_EQ(find_chain("sepolia-devnet-2-sepolia-devnet-2").value()->config.l1_chain_id, ChainId{11155111});
  EXPECT_EQ(find_chain(ChainId{4}), nullptr);
}

TEST(Registry, AnUnknownNameIsAnsweredWithNearOnes) {
  EXPECT_EQ(find_chain("op-mainet").error(), "unknown network \"op-mainet\"; did you mean op-mainnet, bob-mainnet");
  EXPECT_EQ(find_chain("unichain").error(),
            "unknown network \"unichain\"; did you mean unichain-mainnet, unichain-sepolia");
  EXPECT_EQ(find_chain("goerli").error(),
            "unknown network \"goerli\"; names are like op-mainnet, base-mainnet, unichain-sepolia");
  EXPECT_TRUE(find_chain(std::string(1000, 'x')).error().starts_with("unknown network"));
}

}  // namespace
}  // namespace opwire::opstack
