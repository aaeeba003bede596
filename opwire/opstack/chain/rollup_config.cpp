#include "opwire/opstack/chain/rollup_config.hpp"

namespace opwire::opstack {
namespace {

using Check = Result<void, std::string>;

Check require(bool holds, const char* complaint) {
  if (holds) return {};
  return std::string(complaint);
}

Check validate_genesis(const Genesis& genesis) {
  OPW_TRYV(require(!genesis.l1.hash.is_zero(), "genesis.l1.hash is missing"));
  OPW_TRYV(require(!genesis.l2.hash.is_zero(), "genesis.l2.hash is missing"));
  OPW_TRYV(require(genesis.l1.hash != genesis.l2.hash, "genesis.l1.hash and genesis.l2.hash are the same"));
  OPW_TRYV(require(genesis.l2_time != 0, "genesis.l2_time is missing"));
  OPW_TRYV(require(!genesis.system_config.batcher.is_zero(), "genesis.system_config.batcherAddr is missing"));
  OPW_TRYV(require(!genesis.system_config.scalar.is_zero(), "genesis.system_config.scalar is missing"));
  return require(genesis.system_config.gas_limit != 0, "genesis.system_config.gasLimit is missing");
}

Check validate_alt_da(const AltDaConfig& alt_da) {
  const bool keccak = alt_da.commitment_type == "KeccakCommitment";
  OPW_TRYV(require(keccak || alt_da.commitment_type == "GenericCommitment",
                   "alt_da.da_commitment_type is neither KeccakCommitment nor GenericCommitment"));
  return require(keccak == !alt_da.challenge_contract.is_zero(),
                 keccak ? "alt_da.da_challenge_contract_address is missing"
                        : "alt_da.da_challenge_contract_address must not be set with generic commitments");
}

// As op-node: from Regolith to Isthmus none may be left out, and none may start before its predecessor.
Check validate_forks(const ForkSchedule& forks) {
  for (auto fork = Fork::kCanyon; fork <= Fork::kIsthmus; fork = static_cast<Fork>(static_cast<int>(fork) + 1)) {
    const auto before = static_cast<Fork>(static_cast<int>(fork) - 1);
    if (!forks.time(fork)) continue;
    const std::string name = std::string(to_string(fork)) + "_time";
    const std::string previous = std::string(to_string(before)) + "_time";
    if (!forks.time(before)) return name + " is set, but " + previous + " is missing";
    if (*forks.time(before) > *forks.time(fork)) return name + " is before " + previous;
  }
  return {};
}

}  // namespace

Check validate(const RollupConfig& config) {
  OPW_TRYV(require(config.block_time != 0, "block_time is missing"));
  OPW_TRYV(require(config.channel_timeout != 0, "channel_timeout is missing"));
  OPW_TRYV(require(config.seq_window_size >= 2, "seq_window_size must be at least 2"));
  OPW_TRYV(require(config.max_sequencer_drift != 0, "max_sequencer_drift is missing"));
  OPW_TRYV(validate_genesis(config.genesis));
  OPW_TRYV(require(!config.batch_inbox_address.is_zero(), "batch_inbox_address is missing"));
  OPW_TRYV(require(!config.deposit_contract_address.is_zero(), "deposit_contract_address is missing"));
  OPW_TRYV(require(config.l1_chain_id.value != 0, "l1_chain_id is missing"));
  OPW_TRYV(require(config.l2_chain_id.value != 0, "l2_chain_id is missing"));
  OPW_TRYV(require(config.l1_chain_id != config.l2_chain_id, "l1_chain_id and l2_chain_id are the same"));
  if (config.alt_da) OPW_TRYV(validate_alt_da(*config.alt_da));
  return validate_forks(config.forks);
}

}  // namespace opwire::opstack
