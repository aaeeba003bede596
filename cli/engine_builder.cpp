#include "cli/engine_builder.hpp"

#include <algorithm>

#include "opwire/opstack/engine/l1_deposit.hpp"

namespace opwire::cli {

EngineBuilder::EngineBuilder(Loop& loop, std::unique_ptr<rpc::Caller> caller, opstack::RollupConfig& config)
    : caller_(std::move(caller)), config_(config), engine_(loop, *caller_, config) {}

Task<Result<void>> EngineBuilder::adopt_genesis() {
  OPW_CO_TRY(const auto genesis, co_await engine_.block_id(config_.genesis.l2.number));
  if (!genesis) co_return opstack::errors::kNoSuchBlock;
  config_.genesis.l2 = last_ = *genesis;
  last_timestamp_ = config_.genesis.l2_time;
  co_return Result<void>();
}

Task<Result<opstack::Envelope>> EngineBuilder::next(std::uint64_t timestamp) {
  timestamp = std::max(timestamp, last_timestamp_ + 1);
  const opstack::Forkchoice state(last_.hash, config_.genesis.l2.hash, config_.genesis.l2.hash);
  const BlockNumber number{last_.number.value + 1};
  opstack::PayloadAttributes wanted = opstack::attributes_with_l1_deposit(config_, number, timestamp);
  OPW_CO_TRY(const opstack::Building building, co_await engine_.start_building(state, std::move(wanted)));
  OPW_CO_TRY(opstack::Envelope block, co_await engine_.built(building));
  OPW_CO_TRY(const opstack::PayloadStatus status, co_await engine_.new_payload(block));
  if (status.status != opstack::EngineStatus::kValid) co_return opstack::errors::kPayloadInvalid;
  last_ = {block.payload.block_hash, block.payload.number};
  last_timestamp_ = timestamp;
  co_return block;
}

}  // namespace opwire::cli
