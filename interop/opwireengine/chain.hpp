// A chain that an execution engine builds and executes, and what was sent to it.
#pragma once

#include <vector>

#include "interop/common/commands.hpp"
#include "opwire/opstack/engine/engine_api.hpp"

namespace opwire::interop {

class Chain {
 public:
  /// Both outlive it. config's genesis block is set to the engine's.
  Chain(Loop& loop, opstack::EngineApi& engine, opstack::RollupConfig& config)
      : loop_(loop), engine_(engine), config_(config) {}
  /// Errors: the engine's, kNoSuchBlock.
  Task<Result<void>> adopt_genesis();

  Task<Result<void>> obey(Command command);

 private:
  Task<Result<void>> build(Command command);
  Task<Result<opstack::Envelope>> build_one(std::size_t transactions, std::size_t size);
  Task<Result<void>> forget(Command command);
  Task<Result<void>> send(Command command);
  Task<Result<void>> choose(Command command);
  Task<Result<void>> resend(Command command);
  Task<Result<void>> tell_payload(Command command);
  Task<Result<void>> tell_heads();
  Task<Result<opstack::PayloadStatus>> execute(opstack::Envelope envelope);
  const opstack::Envelope* find(std::size_t number) const;

  Loop& loop_;
  opstack::EngineApi& engine_;
  opstack::RollupConfig& config_;
  std::vector<opstack::Envelope> blocks_;  // from number 1 on
  std::vector<Duration> build_times_, get_times_, send_times_, choose_times_;
};

}  // namespace opwire::interop
