// Has an execution engine build the blocks of a devnet.
#pragma once

#include <memory>

#include "opwire/opstack/engine/engine_api.hpp"
#include "opwire/rpc/caller.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::cli {

class EngineBuilder {
 public:
  /// All outlive it. Of config the genesis block's hash is set by adopt_genesis().
  EngineBuilder(Loop& loop, std::unique_ptr<rpc::Caller> caller, opstack::RollupConfig& config);

  /// The engine's own. Before anything else. Errors: the engine's.
  Task<Result<void>> adopt_genesis();
  /// The block on the last one, executed too but not the head yet; with the L1 attributes deposit alone in it. Errors:
  /// the engine's.
  Task<Result<opstack::Envelope>> next(std::uint64_t timestamp);
  Task<void> close() { return caller_->close(); }

 private:
  std::unique_ptr<rpc::Caller> caller_;
  opstack::RollupConfig& config_;
  opstack::EngineApi engine_;
  opstack::BlockId last_;
  std::uint64_t last_timestamp_ = 0;
};

}  // namespace opwire::cli
