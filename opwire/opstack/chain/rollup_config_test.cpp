#include "opwire/opstack/chain/rollup_config.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "opwire/opstack/chain/registry.hpp"

namespace opwire::opstack {
namespace {

RollupConfig valid_config() {
  return find_chain("op-mainnet").value()->config;
}

// What validate() says after one change to a valid config; empty when it still passes.
std::string complaint_after(const std::function<void(RollupConfig&)>& change) {
  RollupConfig config = valid_config();
  change(config);
  const auto result = validate(config);
  return result ? "" : result.error();
}

TEST(RollupConfig, AValidOnePasses) {
  EXPECT_EQ(complaint_after([](RollupConfig&) {}), "");
}

TEST(RollupConfig, NamesWhatIsMissing) {
  EXPECT_EQ(complaint_after([](auto& c) { c.block_time = 0; }), "block_time is missing");
  EXPECT_EQ(complaint_after([](auto& c) { c.channel_timeout = 0; }), "channel_timeout is missing");
  EXPECT_EQ(complaint_after([](auto& c) { c.seq_window_size = 1; }), "seq_window_size must be at least 2");
  EXPECT_EQ(complaint_after([](auto& c) { c.max_sequencer_drift = 0; }), "max_sequencer_drift is missing");
  EXPECT_EQ(complaint_after([](auto& c) { c.batch_inbox_address = {}; }), "batch_inbox_address is missing");
  EXPECT_EQ(complaint_after([](auto& c) { c.deposit_contract_address = {}; }), "deposit_contract_address is missing");
  EXPECT_EQ(complaint_after([](auto& c) { c.l1_chain_id = {}; }), "l1_chain_id is missing");
  EXPECT_EQ(complaint_after([](auto& c) { c.l2_chain_id = {}; }), "l2_chain_id is missing");
  EXPECT_EQ(complaint_after([](auto& c) { c.l1_chain_id = c.l2_chain_id; }),
            "l1_chain_id and l2_chain_id are the same");
}

TEST(RollupConfig, NamesWhatIsMissingInGenesis) {
  EXPECT_EQ(complaint_after([](auto& c) { c.genesis.l1.hash = {}; }), "genesis.l1.hash is missing");
  EXPECT_EQ(complaint_after([](auto& c) { c.genesis.l2.hash = {}; }), "genesis.l2.hash is missing");
  EXPECT_EQ(complaint_after([](auto& c) { c.genesis.l2.hash = c.genesis.l1.hash; }),
            "genesis.l1.hash and genesis.l2.hash are the same");
  EXPECT_EQ(complaint_after([](auto& c) { c.genesis.l2_time = 0; }), "genesis.l2_time is missing");
  EXPECT_EQ(complaint_after([](auto& c) { c.genesis.system_config.batcher = {}; }),
            "genesis.system_config.batcherAddr is missing");
  EXPECT_EQ(complaint_after([](auto& c) { c.genesis.system_config.scalar = {}; }),
            "genesis.system_config.scalar is missing");
  EXPECT_EQ(complaint_after([](auto& c) { c.genesis.system_config.gas_limit = 0; }),
            "genesis.system_config.gasLimit is missing");
}

TEST(RollupConfig, ForksUpToIsthmusAreInOrderWithoutGaps) {
  EXPECT_EQ(complaint_after([](auto& c) { c.forks.set_time(Fork::kDelta, std::nullopt); }),
            "ecotone_time is set, but delta_time is missing");
  EXPECT_EQ(complaint_after([](auto& c) { c.forks.set_time(Fork::kFjord, 5); }), "fjord_time is before ecotone_time");
  EXPECT_EQ(complaint_after([](auto& c) { c.forks.set_time(Fork::kIsthmus, std::nullopt); }), "");
  EXPECT_EQ(complaint_after([](auto& c) { c.forks.set_time(Fork::kKarst, 5); }), "");  // op-node does not look there
}

TEST(RollupConfig, AltDaCommitments) {
  const auto with_alt_da = [](std::string type, std::uint8_t contract) {
    return complaint_after([&](auto& c) {
      c.alt_da.emplace().commitment_type = type;
      c.alt_da->challenge_contract.bytes[0] = contract;
    });
  };
  EXPECT_EQ(with_alt_da("KeccakCommitment", 1), "");
  EXPECT_EQ(with_alt_da("GenericCommitment", 0), "");
  EXPECT_EQ(with_alt_da("", 0), "alt_da.da_commitment_type is neither KeccakCommitment nor GenericCommitment");
  EXPECT_EQ(with_alt_da("KeccakCommitment", 0), "alt_da.da_challenge_contract_address is missing");
  EXPECT_EQ(with_alt_da("GenericCommitment", 1),
            "alt_da.da_challenge_contract_address must not be set with generic commitments");
}

}  // namespace
}  // namespace opwire::opstack
