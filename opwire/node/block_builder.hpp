// Blocks that are consistent in themselves, for local networks and tests: linked, with the right hash, extra data and
// version for their time. Nothing executes them.
#pragma once

#include "opwire/base/rng.hpp"
#include "opwire/opstack/chain/rollup_config.hpp"
#include "opwire/opstack/payload/execution_payload.hpp"

namespace opwire::node {

class BlockBuilder {
 public:
  /// Blocks follow on the genesis of config. Each has the deposit that opens every L2 block and then `transactions`
  /// random ones of about transaction_size bytes.
  BlockBuilder(const opstack::RollupConfig& config, std::size_t transactions, std::size_t transaction_size, Rng& rng);

  /// The next block of the chain. timestamp: Unix seconds, not below the one before.
  opstack::Envelope next(std::uint64_t timestamp);
  /// From the next block on.
  void set_transactions(std::size_t count, std::size_t size) { transactions_ = count, transaction_size_ = size; }

 private:
  opstack::TransactionList make_transactions(std::uint64_t timestamp);

  opstack::RollupConfig config_;
  std::size_t transactions_;
  std::size_t transaction_size_;
  Rng& rng_;
  Hash256 parent_;
  BlockNumber number_;
};

/// A chain of its own (id 901) that starts now, with all forks up to and including that one active from genesis. Valid
/// for op-node too. block_time: whole seconds, at least one.
opstack::RollupConfig make_devnet_config(opstack::Fork fork, std::uint64_t block_time, std::uint64_t genesis_time);

}  // namespace opwire::node
