// A chain's rollup configuration, with op-node's fields (op-node/rollup, v1.19.0). Times are Unix seconds.
#pragma once

#include <map>
#include <string>

#include "opwire/base/result.hpp"
#include "opwire/base/strong.hpp"
#include "opwire/opstack/chain/fork.hpp"

namespace opwire::opstack {

struct BlockId {
  Hash256 hash;
  BlockNumber number;
  bool operator==(const BlockId&) const = default;
};

/// The L1 system configuration as it was at genesis.
struct SystemConfig {
  Address batcher;
  Hash256 overhead;
  Hash256 scalar;
  std::uint64_t gas_limit = 0;
  ByteArray<8> eip1559_params{};
  Hash256 operator_fee_params;
  std::uint64_t min_base_fee = 0;
  std::uint16_t da_footprint_gas_scalar = 0;
  bool operator==(const SystemConfig&) const = default;
};

struct Genesis {
  BlockId l1;  ///< the rollup starts after this block
  BlockId l2;
  std::uint64_t l2_time = 0;
  SystemConfig system_config;
  bool operator==(const Genesis&) const = default;
};

/// The execution layer's EIP-1559 parameters (op-node's chain_op_config).
struct FeeConfig {
  std::uint64_t elasticity = 0;
  std::uint64_t denominator = 0;
  std::optional<std::uint64_t> denominator_canyon;
  bool operator==(const FeeConfig&) const = default;
};

/// Data availability outside L1.
struct AltDaConfig {
  Address challenge_contract;
  std::string commitment_type;  ///< "KeccakCommitment" or "GenericCommitment"
  std::uint64_t challenge_window = 0;
  std::uint64_t resolve_window = 0;
  bool operator==(const AltDaConfig&) const = default;
};

struct RollupConfig {
  Genesis genesis;
  std::uint64_t block_time = 0;           ///< seconds
  std::uint64_t max_sequencer_drift = 0;  ///< seconds
  std::uint64_t seq_window_size = 0;      ///< L1 blocks
  std::uint64_t channel_timeout = 0;      ///< L1 blocks
  ChainId l1_chain_id;
  ChainId l2_chain_id;
  ForkSchedule forks;
  std::optional<std::uint64_t> pectra_blob_schedule_time;
  /// Further "<name>_time" keys of the file, which no code here reads: kept so that writing loses nothing.
  std::map<std::string, std::uint64_t> unknown_times;
  Address batch_inbox_address;
  Address deposit_contract_address;
  Address l1_system_config_address;
  std::optional<Address> protocol_versions_address;  ///< files of older releases
  std::optional<FeeConfig> fees;
  std::optional<AltDaConfig> alt_da;

  bool operator==(const RollupConfig&) const = default;
};

/// op-node's checks before it starts, to be made after overrides. The text names the field that is missing or wrong.
Result<void, std::string> validate(const RollupConfig& config);

}  // namespace opwire::opstack
