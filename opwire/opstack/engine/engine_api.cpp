#include "opwire/opstack/engine/engine_api.hpp"

#include <algorithm>

#include "opwire/codec/hex.hpp"
#include "opwire/codec/quantity.hpp"
#include "opwire/opstack/driver/l1_info.hpp"
#include "opwire/opstack/engine/answers.hpp"
#include "opwire/opstack/engine/params_text.hpp"

namespace opwire::opstack {
namespace {

namespace json = boost::json;

constexpr log::Logger kLog{"engine"};
constexpr std::int64_t kInvalidForkchoiceState = -38002;

// What the connection or the server did wrong, as a matter of the engine. The kinds of net/http say by their
// consequence what was a malformed or oversized answer.
Error engine_error(const Error& error) {
  if (error.is(opwire::errors::kCancelled)) return error;
  if (error.is(opwire::errors::kTimeout)) return errors::kEngineTimeout;
  if (error.is(rpc::errors::kUnauthorized)) return errors::kEngineAuth;
  const char* const why = error.kind().text;
  const bool answered = error.is(rpc::errors::kNotAnswer) || error.is(rpc::errors::kHttpStatus) ||
                        error.consequence() == Consequence::kCloseConnection;
  if (answered) return Error(errors::kEngineAnswer, why);
  return Error(errors::kEngineUnreachable, why, error.system_error());
}

// Instead of null, engines also say an error for a label that has no block yet.
bool is_no_such_block(const rpc::Failure& failure) {
  std::string words = failure.message;
  std::ranges::transform(words, words.begin(),
                         [](char letter) { return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter; });
  for (const std::string_view known : {"block not found", "header not found", "unknown block"}) {
    if (words.find(known) != std::string::npos) return true;
  }
  return false;
}

std::string_view name_of(BlockLabel label) {
  switch (label) {
    case BlockLabel::kSafe:
      return "safe";
    case BlockLabel::kFinalized:
      return "finalized";
    default:
      return "latest";
  }
}

std::string block_params(std::string_view which) {
  return "[\"" + std::string(which) + "\",false]";
}

std::string new_payload_method(PayloadVersion version) {
  if (version == PayloadVersion::kV4) return "engine_newPayloadV4";
  return version == PayloadVersion::kV3 ? "engine_newPayloadV3" : "engine_newPayloadV2";
}
std::string get_payload_method(PayloadVersion version) {
  if (version == PayloadVersion::kV4) return "engine_getPayloadV4";
  return version == PayloadVersion::kV3 ? "engine_getPayloadV3" : "engine_getPayloadV2";
}
std::string build_method(PayloadVersion version) {
  if (has_blob_gas(version)) return "engine_forkchoiceUpdatedV3";
  return has_withdrawals(version) ? "engine_forkchoiceUpdatedV2" : "engine_forkchoiceUpdatedV1";
}

L2BlockRef to_ref(const BlockHead& head) {
  L2BlockRef ref;
  ref.hash = head.hash;
  ref.number = head.number;
  ref.parent_hash = head.parent_hash;
  ref.timestamp = head.timestamp;
  return ref;
}

}  // namespace

EngineApi::EngineApi(const Clock& clock, rpc::Caller& caller, const RollupConfig& config,
                     const EngineApiOptions& options)
    : clock_(clock), caller_(caller), config_(config), options_(options) {}

Error EngineApi::on_refused(std::string_view method, const rpc::Failure& failure) {
  if (refused_line_.admit(clock_.now())) {
    kLog.warn("the execution engine refused a call",
              {{"method", method}, {"code", failure.code}, {"message", failure.message}});
  }
  return failure.code == kInvalidForkchoiceState ? errors::kInvalidForkchoice : errors::kEngineRefused;
}

Task<Result<json::value>> EngineApi::call(std::string method, std::string params) {
  auto reply = co_await caller_.call(method, std::move(params), clock_.now() + options_.timeout);
  if (!reply) co_return engine_error(reply.error());
  if (reply->failure) co_return on_refused(method, *reply->failure);
  co_return std::move(reply->result);
}

// Null: there is none.
Task<Result<json::value>> EngineApi::call_for_block(std::string params) {
  const std::string method = "eth_getBlockByNumber";
  auto reply = co_await caller_.call(method, std::move(params), clock_.now() + options_.timeout);
  if (!reply) co_return engine_error(reply.error());
  if (reply->failure && is_no_such_block(*reply->failure)) co_return json::value();
  if (reply->failure) co_return on_refused(method, *reply->failure);
  co_return std::move(reply->result);
}

Task<Result<PayloadStatus>> EngineApi::new_payload(Envelope envelope) {
  const PayloadVersion version = config_.forks.payload_version(envelope.payload.timestamp);
  std::string params = new_payload_params(envelope, version);
  OPW_CO_TRY(const json::value answer, co_await call(new_payload_method(version), std::move(params)));
  co_return read_payload_status(answer);
}

// head_timestamp plays no part: without attributes op-node calls V3 whatever the fork, and engines take it.
Task<Result<PayloadStatus>> EngineApi::forkchoice_updated(Forkchoice forkchoice, std::uint64_t) {
  std::string params = forkchoice_params(forkchoice, nullptr, config_.forks);
  OPW_CO_TRY(const json::value answer, co_await call("engine_forkchoiceUpdatedV3", std::move(params)));
  OPW_CO_TRY(ForkchoiceAnswer read, read_forkchoice_answer(answer));
  co_return std::move(read.status);
}

Task<Result<Building>> EngineApi::start_building(Forkchoice forkchoice, PayloadAttributes attributes) {
  std::string method = build_method(config_.forks.payload_version(attributes.timestamp));
  std::string params = forkchoice_params(forkchoice, &attributes, config_.forks);
  OPW_CO_TRY(const json::value answer, co_await call(std::move(method), std::move(params)));
  OPW_CO_TRY(const ForkchoiceAnswer read, read_forkchoice_answer(answer));
  if (read.status.status == EngineStatus::kInvalid) co_return errors::kPayloadInvalid;
  if (read.status.status != EngineStatus::kValid) co_return errors::kEngineNotReady;
  if (!read.building) co_return Error(errors::kEngineAnswer, "no payloadId");
  co_return Building(*read.building, attributes.timestamp);
}

Task<Result<Envelope>> EngineApi::built(Building building) {
  const PayloadVersion version = config_.forks.payload_version(building.timestamp);
  std::string params = "[\"" + codec::to_hex0x(building.id) + "\"]";
  OPW_CO_TRY(const json::value answer, co_await call(get_payload_method(version), std::move(params)));
  co_return read_built(answer, version);
}

Task<Result<std::optional<L2BlockRef>>> EngineApi::block(BlockLabel label) {
  return block_at(block_params(name_of(label)));
}
Task<Result<std::optional<L2BlockRef>>> EngineApi::block(BlockNumber number) {
  return block_at(block_params(codec::to_quantity(number.value)));
}

Task<Result<std::optional<L2BlockRef>>> EngineApi::block_at(std::string params) {
  OPW_CO_TRY(const json::value block, co_await call_for_block(std::move(params)));
  OPW_CO_TRY(const std::optional<BlockHead> head, read_block_head(block));
  if (!head) co_return std::optional<L2BlockRef>();
  L2BlockRef ref = to_ref(*head);
  if (ref.number == config_.genesis.l2.number) {
    if (ref.hash != config_.genesis.l2.hash) co_return Error(errors::kEngineAnswer, "another chain's genesis block");
    ref.l1_origin = config_.genesis.l1;
    co_return std::optional<L2BlockRef>(ref);
  }
  std::string first = "[\"" + codec::to_hex0x(ref.hash.view()) + "\",\"0x0\"]";
  OPW_CO_TRY(const json::value answer, co_await call("eth_getTransactionByBlockHashAndIndex", std::move(first)));
  OPW_CO_TRY(const Bytes calldata, read_calldata(answer));
  const auto info = parse_l1_info(calldata);
  if (!info) co_return Error(errors::kEngineAnswer, "a block without L1 attributes");
  ref.l1_origin = info->origin;
  ref.sequence_number = info->sequence_number;
  co_return std::optional<L2BlockRef>(ref);
}

Task<Result<std::optional<BlockId>>> EngineApi::block_id(BlockNumber number) {
  OPW_CO_TRY(const json::value block, co_await call_for_block(block_params(codec::to_quantity(number.value))));
  OPW_CO_TRY(const std::optional<BlockHead> head, read_block_head(block));
  if (!head) co_return std::optional<BlockId>();
  BlockId id;
  id.hash = head->hash;
  id.number = head->number;
  co_return std::optional<BlockId>(id);
}

// By hash: between the two calls the number may get another block.
Task<Result<Envelope>> EngineApi::payload(BlockNumber number) {
  OPW_CO_TRY(const json::value block, co_await call_for_block(block_params(codec::to_quantity(number.value))));
  OPW_CO_TRY(const std::optional<BlockHead> head, read_block_head(block));
  if (!head) co_return errors::kNoSuchBlock;
  std::string params = "[[\"" + codec::to_hex0x(head->hash.view()) + "\"]]";
  OPW_CO_TRY(const json::value bodies, co_await call("engine_getPayloadBodiesByHashV1", std::move(params)));
  OPW_CO_TRY(Envelope envelope, assemble_payload(block, bodies, config_.forks.payload_version(head->timestamp)));
  if (envelope.payload.number != number) co_return Error(errors::kEngineAnswer, "a block of another number");
  co_return envelope;
}

}  // namespace opwire::opstack
