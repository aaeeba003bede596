#include "interop/opwireengine/chain.hpp"

#include "interop/opwireengine/deposits.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/opstack/engine/l1_deposit.hpp"
#include "opwire/opstack/payload/payload_json.hpp"

namespace opwire::interop {
namespace {

using opstack::EngineStatus;

const char* name_of(EngineStatus status) {
  switch (status) {
    case EngineStatus::kValid:
      return "VALID";
    case EngineStatus::kInvalid:
      return "INVALID";
    case EngineStatus::kSyncing:
      return "SYNCING";
    case EngineStatus::kAccepted:
      return "ACCEPTED";
    default:
      return "INVALID_BLOCK_HASH";
  }
}

void emit_status(const opstack::PayloadStatus& status) {
  Fields line{{"status", name_of(status.status)}, {"error", status.validation_error}};
  if (status.latest_valid) line["latest_valid"] = codec::to_hex0x(status.latest_valid->view());
  emit("status", line);
}

/// whole: with the block itself, as RPC takes it.
void emit_built(const opstack::Envelope& envelope, bool whole) {
  const opstack::ExecutionPayload& payload = envelope.payload;
  Fields line{{"number", payload.number.value},
              {"hash", codec::to_hex0x(payload.block_hash.view())},
              {"version", static_cast<int>(payload.version)},
              {"txs", payload.transactions.size()},
              {"bytes", payload.transactions.ssz().size()}};
  if (whole) line["envelope"] = opstack::to_json(envelope);
  emit("built", line);
}

boost::json::value describe(const std::optional<opstack::L2BlockRef>& block) {
  if (!block) return nullptr;
  return Fields{{"number", block->number.value},
                {"hash", codec::to_hex0x(block->hash.view())},
                {"l1_number", block->l1_origin.number.value},
                {"sequence_number", block->sequence_number}};
}

}  // namespace

Task<Result<void>> Chain::adopt_genesis() {
  OPW_CO_TRY(const auto genesis, co_await engine_.block_id(config_.genesis.l2.number));
  if (!genesis) co_return opstack::errors::kNoSuchBlock;
  config_.genesis.l2 = *genesis;
  co_return Result<void>();
}

Task<Result<void>> Chain::obey(Command command) {
  const std::string name = command.name();
  if (name == "build") return build(std::move(command));
  if (name == "forget") return forget(std::move(command));
  if (name == "send") return send(std::move(command));
  if (name == "choose") return choose(std::move(command));
  if (name == "resend") return resend(std::move(command));
  if (name == "payload") return tell_payload(std::move(command));
  if (name == "heads") return tell_heads();
  return [](const ErrorKind& kind) -> Task<Result<void>> { co_return kind; }(errors::kCommand);
}

Task<Result<void>> Chain::build(Command command) {
  for (std::size_t i = 0; i < command.number("count", 1); ++i) {
    OPW_CO_TRY(opstack::Envelope envelope, co_await build_one(command.number("txs"), command.number("tx_size")));
    OPW_CO_TRY(const opstack::PayloadStatus status, co_await execute(envelope));
    if (status.status != EngineStatus::kValid) co_return opstack::errors::kPayloadInvalid;
    emit_built(envelope, command.number("whole") != 0);
    blocks_.push_back(std::move(envelope));
  }
  Fields line{{"count", command.number("count", 1)}};
  const std::pair<const char*, std::vector<Duration>*> calls[] = {
      {"build", &build_times_}, {"get", &get_times_}, {"send", &send_times_}, {"choose", &choose_times_}};
  for (const auto& [call, times] : calls) {
    Fields latencies;
    add_latencies(std::exchange(*times, {}), latencies);
    line[call] = latencies;
  }
  emit("build_done", line);
  co_return Result<void>();
}

Task<Result<void>> Chain::forget(Command command) {
  const std::size_t count = command.number("count");
  if (count > blocks_.size()) co_return errors::kCommand;
  blocks_.resize(blocks_.size() - count);
  emit("forgotten", {{"left", blocks_.size()}});
  co_return Result<void>();
}

Task<Result<opstack::Envelope>> Chain::build_one(std::size_t transactions, std::size_t size) {
  const std::uint64_t number = blocks_.size() + 1;
  const std::uint64_t timestamp = config_.genesis.l2_time + number * config_.block_time;
  opstack::PayloadAttributes attributes = opstack::attributes_with_l1_deposit(config_, {number}, timestamp);
  for (Bytes& deposit : make_user_deposits(number, transactions, size)) {
    attributes.transactions.push_back(std::move(deposit));
  }
  const Hash256 parent = blocks_.empty() ? config_.genesis.l2.hash : blocks_.back().payload.block_hash;
  opstack::Forkchoice state(parent, config_.genesis.l2.hash, config_.genesis.l2.hash);
  const TimePoint began = loop_.now();
  OPW_CO_TRY(const opstack::Building building, co_await engine_.start_building(state, std::move(attributes)));
  build_times_.push_back(loop_.now() - began);
  const TimePoint started = loop_.now();
  auto built = co_await engine_.built(building);
  get_times_.push_back(loop_.now() - started);
  co_return built;
}

// Sends the block and makes it the head.
Task<Result<opstack::PayloadStatus>> Chain::execute(opstack::Envelope envelope) {
  const opstack::Forkchoice state(envelope.payload.block_hash, config_.genesis.l2.hash, config_.genesis.l2.hash);
  const std::uint64_t timestamp = envelope.payload.timestamp;
  const TimePoint began = loop_.now();
  OPW_CO_TRY(const opstack::PayloadStatus status, co_await engine_.new_payload(std::move(envelope)));
  send_times_.push_back(loop_.now() - began);
  if (status.status != EngineStatus::kValid) co_return status;
  const TimePoint sent = loop_.now();
  auto chosen = co_await engine_.forkchoice_updated(state, timestamp);
  choose_times_.push_back(loop_.now() - sent);
  co_return chosen;
}

const opstack::Envelope* Chain::find(std::size_t number) const {
  return number == 0 || number > blocks_.size() ? nullptr : &blocks_[number - 1];
}

// A block that was built, with another hash, parent or state where the command says so.
Task<Result<void>> Chain::send(Command command) {
  const opstack::Envelope* const known = find(command.number("number"));
  if (known == nullptr) co_return errors::kCommand;
  opstack::Envelope envelope = *known;
  if (command.text("change") == "hash") envelope.payload.block_hash.bytes[0] ^= 1;
  if (command.text("change") == "gas") envelope.payload.gas_used ^= 1;
  OPW_CO_TRY(const opstack::PayloadStatus status, co_await engine_.new_payload(std::move(envelope)));
  emit_status(status);
  co_return Result<void>();
}

Task<Result<void>> Chain::choose(Command command) {
  const auto head = codec::from_hex_as<Hash256>(command.text("head"));
  const auto safe = codec::from_hex_as<Hash256>(command.text("safe"));
  if (!head) co_return errors::kCommand;
  opstack::Forkchoice state(*head, config_.genesis.l2.hash, config_.genesis.l2.hash);
  if (safe) state.safe = *safe;
  OPW_CO_TRY(const opstack::PayloadStatus status, co_await engine_.forkchoice_updated(state, 0));
  emit_status(status);
  co_return Result<void>();
}

// What an engine has lost that was away.
Task<Result<void>> Chain::resend(Command command) {
  std::size_t count = 0;
  for (std::size_t number = command.number("from"); find(number) != nullptr; ++number, ++count) {
    OPW_CO_TRY(const opstack::PayloadStatus status, co_await execute(*find(number)));
    if (status.status != EngineStatus::kValid) co_return opstack::errors::kPayloadInvalid;
  }
  emit("resent", {{"count", count}});
  co_return Result<void>();
}

Task<Result<void>> Chain::tell_payload(Command command) {
  const std::size_t number = command.number("number");
  OPW_CO_TRY(const opstack::Envelope envelope, co_await engine_.payload(BlockNumber{number}));
  const opstack::Envelope* const known = find(number);
  emit("payload", {{"number", envelope.payload.number.value},
                   {"hash", codec::to_hex0x(envelope.payload.block_hash.view())},
                   {"same", known != nullptr && *known == envelope}});
  co_return Result<void>();
}

Task<Result<void>> Chain::tell_heads() {
  OPW_CO_TRY(const auto latest, co_await engine_.block(opstack::BlockLabel::kLatest));
  OPW_CO_TRY(const auto safe, co_await engine_.block(opstack::BlockLabel::kSafe));
  OPW_CO_TRY(const auto finalized, co_await engine_.block(opstack::BlockLabel::kFinalized));
  emit("heads", {{"latest", describe(latest)}, {"safe", describe(safe)}, {"finalized", describe(finalized)}});
  co_return Result<void>();
}

}  // namespace opwire::interop
