#include "interop/opwirenode/publisher.hpp"

#include "opwire/codec/hex.hpp"
#include "opwire/codec/snappy.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"
#include "opwire/opstack/payload/ssz.hpp"
#include "opwire/opstack/signer/block_signer.hpp"

namespace opwire::interop {
namespace {

constexpr std::size_t kTransactions = 4;
constexpr std::size_t kTransactionSize = 500;

// The latest time, not after now, at which a block has this version; nothing where the forks leave it none.
std::optional<std::uint64_t> time_of(const opstack::ForkSchedule& forks, std::size_t version, std::uint64_t now) {
  std::uint64_t latest = now;
  for (std::size_t fork = 0; fork < opstack::kForkCount; ++fork) {
    const auto time = forks.time(static_cast<opstack::Fork>(fork));
    if (!time || *time == 0 || static_cast<std::size_t>(forks.payload_version(*time)) <= version) continue;
    latest = std::min(latest, *time - 1);
  }
  if (static_cast<std::size_t>(forks.payload_version(latest)) != version) return std::nullopt;
  return latest;
}

}  // namespace

Publisher::Publisher(Loop& loop, node::Node& node)
    : loop_(loop), node_(node), builder_(node.config().rollup, kTransactions, kTransactionSize, node.host().rng()) {}

Result<opstack::Envelope> Publisher::next(const Command& command) {
  const std::uint64_t now = unix_seconds(loop_.wall_now());
  const auto timestamp = time_of(node_.config().rollup.forks, command.number("version"), now);
  if (!timestamp) return Error(errors::kCommand, "no time has this version");
  return builder_.next(*timestamp);
}

Task<Result<void>> Publisher::publish(Command command) {
  const std::size_t count = command.number("count", 1);
  builder_.set_transactions(command.number("txs", kTransactions), command.number("tx_size", kTransactionSize));
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) co_await sleep_for(loop_, std::chrono::milliseconds(command.number("interval_ms")));
    OPW_CO_TRY(const opstack::Envelope envelope, next(command));
    Fields line = describe_block(envelope);
    line["at_us"] = wall_us(loop_);
    OPW_CO_TRYV(co_await node_.publish(envelope));
    emit("published", line);
  }
  emit("publish_done", {{"version", command.number("version")}, {"count", count}});
  co_return Result<void>();
}

Task<Result<void>> Publisher::build(Command command) {
  OPW_CO_TRY(const opstack::Envelope envelope, next(command));
  const node::Config& config = node_.config();
  if (!config.sequencer_key) co_return Error(errors::kCommand, "--sequencer-key is needed");
  OPW_CO_TRY(opstack::LocalSigner signer,
             opstack::LocalSigner::from_hex(config.rollup.l2_chain_id, *config.sequencer_key));
  const Bytes ssz = opstack::encode_ssz(envelope);
  OPW_CO_TRY(const crypto::RecoverableSignature signature, co_await signer.sign(opstack::payload_hash(ssz)));
  const Bytes plain = opstack::make_gossip_body(signature, ssz);
  Fields line = describe_block(envelope);
  line["hex"] = codec::to_hex(codec::snappy::compress(plain));
  line["plain"] = codec::to_hex(plain);
  emit("built", line);
  co_return Result<void>();
}

Result<void> Publisher::store(const Command& command) {
  const opstack::RollupConfig& rollup = node_.config().rollup;
  SeededRng rng(command.number("seed"));
  node::BlockBuilder builder(rollup, command.number("txs", kTransactions), command.number("tx_size", kTransactionSize),
                             rng);
  Fields last;
  for (std::size_t i = 1; i <= command.number("count"); ++i) {
    const opstack::Envelope envelope = builder.next(rollup.genesis.l2_time + i * rollup.block_time);
    node_.chain().keep(envelope);
    last = describe_block(envelope);
  }
  emit("stored", last);
  return {};
}

Fields describe_block(const opstack::Envelope& envelope) {
  const opstack::ExecutionPayload& payload = envelope.payload;
  return {{"version", static_cast<int>(payload.version)},
          {"number", payload.number.value},
          {"hash", codec::to_hex0x(payload.block_hash.view())},
          {"parent_hash", codec::to_hex0x(payload.parent_hash.view())},
          {"timestamp", payload.timestamp},
          {"txs", payload.transactions.size()}};
}

}  // namespace opwire::interop
