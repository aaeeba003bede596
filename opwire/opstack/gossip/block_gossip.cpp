#include "opwire/opstack/gossip/block_gossip.hpp"

#include "opwire/codec/hex.hpp"
#include "opwire/codec/snappy.hpp"
#include "opwire/opstack/gossip/errors.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"
#include "opwire/opstack/payload/ssz.hpp"

namespace opwire::opstack {
namespace {

constexpr log::Logger kLog{"blocks"};
// Checking this many bytes takes about as long as handing the work to another thread may cost in delay.
constexpr std::size_t kInlineLimit = 8 * 1024;

std::string name_of(const std::optional<PeerId>& peer) {
  return peer ? peer->to_string() : "self";
}

}  // namespace

gossipsub::Params gossip_params(const BlockTopics& topics) {
  gossipsub::Params params;
  params.d = 8;
  params.d_lo = 6;
  params.d_hi = 12;
  params.d_lazy = 6;
  params.heartbeat = std::chrono::milliseconds(500);
  params.fanout_ttl = std::chrono::seconds(24);
  params.history_length = 12;
  params.history_gossip = 3;
  params.seen_ttl = std::chrono::seconds(65);
  params.max_rpc_size = kMaxMessageSize;
  params.outbound.messages = 256;
  params.max_pending = 512;
  params.max_pending_per_topic = 256;
  params.allowed_topics.assign(topics.names().begin(), topics.names().end());
  return params;
}

gossipsub::Decoded BlockMessageDecoder::decode(const gossipsub::MessageView& message) {
  auto plain = std::make_shared<const Result<SharedBytes>>(decompress_message(message.data));
  const BlockMessageId id = message_id(message.topic, message.data, *plain);
  const std::size_t size = *plain ? (*plain)->size() : 0;
  return {gossipsub::MessageId::from(id).value(), std::move(plain), size};
}

std::size_t BlockMessageDecoder::declared_size(const gossipsub::MessageView& message) {
  return codec::snappy::declared_size(message.data, kMaxMessageSize);
}

std::optional<gossipsub::MessageId> BlockMessageDecoder::alias(const gossipsub::MessageView& message,
                                                               const std::shared_ptr<const void>& content) {
  const auto known = std::static_pointer_cast<const Result<SharedBytes>>(content);
  return gossipsub::MessageId::from(
      message_id_without_topic(message.data, known ? *known : decompress_message(message.data)));
}

BlockGossip::BlockGossip(Loop& loop, WorkerPool& pool, gossipsub::Service& service, const BlockGossipOptions& options)
    : loop_(loop),
      pool_(pool),
      service_(service),
      options_(options),
      topics_(options.chain),
      clock_(options.block_time) {
  for (const PayloadVersion version : kPayloadVersions) {
    const Result<void> joined = service_.subscribe(
        topics_.name(version),
        [this, version](gossipsub::MessagePtr message) { return validate(version, std::move(message)); },
        [this](const gossipsub::Message& message, const std::shared_ptr<const void>& content) {
          deliver(message, content);
        });
    OPW_CHECK(joined.has_value());
  }
}

Task<Result<CheckedBlock>> BlockGossip::check(PayloadVersion version, const Result<SharedBytes>& plain,
                                              const Arrival& arrival) {
  const CheckContext context{options_.chain, options_.forks, options_.signer, loop_.wall_now(), options_.max_age};
  const auto job = [&context, version, &plain] { return check_block(context, version, plain); };
  std::optional<CheckOutcome> outcome;
  if (plain && plain->size() > kInlineLimit) {
    Result<CheckOutcome> done = co_await pool_.run(loop_, job);
    if (!done) co_return errors::kThrottled;
    outcome = std::move(*done);
  } else {
    outcome = job();
  }
  if (outcome->unknown_signer) note_unknown_signer(*outcome->unknown_signer, context);
  if (outcome->confirms_signer && options_.signer.current() == context.signer.current()) options_.signer.confirm();
  if (outcome->signed_block) {
    note_signed(*outcome->signed_block, arrival, !outcome->block && outcome->block.error().is(errors::kTooOld));
  }
  if (outcome->block) {
    const ExecutionPayload& payload = outcome->block->envelope.payload;
    OPW_CO_TRYV(seen_[topic_index(version)].note(payload.number, payload.block_hash));
  }
  co_return std::move(outcome->block);
}

// After a rotation this line tells which side of it we are on.
void BlockGossip::note_unknown_signer(const Address& seen, const CheckContext& context) {
  if (!signer_log_.admit(loop_.now())) return;
  const std::optional<Address> previous = context.signer.previous(context.now);
  kLog.warn("a block is signed by another key", {{"expected", codec::to_checksum_hex(context.signer.current())},
                                                 {"previous", previous ? codec::to_checksum_hex(*previous) : "none"},
                                                 {"seen", codec::to_checksum_hex(seen)},
                                                 {"left_out", signer_log_.suppressed()}});
}

void BlockGossip::note_signed(const SignedBlock& block, const Arrival& arrival, bool too_old) {
  if (arrival.from) note_clock(block, arrival);
  const Equivocation* const found = equivocations_.note({block, arrival.from, arrival.wall}, too_old);
  if (found == nullptr || !equivocation_log_.admit(loop_.now())) return;
  const Sighting& first = found->blocks.front();
  kLog.warn("different blocks are signed at one height", {{"number", block.number.value},
                                                          {"first", codec::to_hex0x(first.block.hash.view())},
                                                          {"now", codec::to_hex0x(block.hash.view())},
                                                          {"signer", codec::to_checksum_hex(block.signer)},
                                                          {"peer", name_of(arrival.from)},
                                                          {"left_out", equivocation_log_.suppressed()}});
}

void BlockGossip::note_clock(const SignedBlock& block, const Arrival& arrival) {
  const auto notice = clock_.observe(block.timestamp, arrival.wall, arrival.at);
  if (!notice) return;
  const log::Field skew("skew_ms", std::chrono::duration_cast<std::chrono::milliseconds>(notice->skew).count());
  switch (notice->state) {
    case ClockState::kBehind:
      kLog.warn("this machine's clock is behind: signed blocks come before their time", {skew});
      return;
    case ClockState::kAhead:
      kLog.warn("every block comes late: this machine's clock is ahead, or the sequencer lags", {skew});
      return;
    default:
      kLog.info("blocks come in time again, the clock is good", {skew});
  }
}

Task<gossipsub::Verdict> BlockGossip::validate(PayloadVersion version, gossipsub::MessagePtr message) {
  const WallTime received = loop_.wall_now();
  const auto plain = std::static_pointer_cast<const Result<SharedBytes>>(message->content);
  const Arrival arrival{message->from, received - (loop_.now() - message->received), message->received};
  Result<CheckedBlock> block = co_await check(version, *plain, arrival);
  if (!block) co_return refuse(block.error(), *message);
  ++counts_.accepted;
  auto accepted = std::make_shared<AcceptedBlock>(
      AcceptedBlock{std::move(block->envelope), std::move(block->body), block->signer, message->topic,
                    message->from.value(), message->data.size(), received, loop_.now() - message->received});
  message->content = std::move(accepted);
  co_return gossipsub::Verdict::kAccept;
}

gossipsub::Verdict BlockGossip::refuse(const Error& why, const gossipsub::Message& message) {
  const bool ignored = why.consequence() == Consequence::kIgnore;
  ++(ignored ? counts_.ignored : counts_.rejected)[why.name()];
  counts_.last[why.name()] = {loop_.wall_now(), message.from, why.message()};
  if (kLog.enabled(log::Level::kWarn) && !ignored && refusal_log_.admit(loop_.now())) {
    kLog.warn("block rejected", {{"reason", why},
                                 {"check", why.name()},
                                 {"peer", name_of(message.from)},
                                 {"topic", message.topic},
                                 {"left_out", refusal_log_.suppressed()}});
  }
  if (ignored) return gossipsub::Verdict::kIgnore;
  if (options_.on_rejected && message.from) options_.on_rejected(*message.from, why);
  return gossipsub::Verdict::kReject;
}

void BlockGossip::deliver(const gossipsub::Message& message, const std::shared_ptr<const void>& content) {
  const auto& block = *std::static_pointer_cast<const AcceptedBlock>(content);
  for (BlockSink* sink : sinks_) sink->on_block(block);
  const ExecutionPayload& payload = block.envelope.payload;
  kLog.info("unsafe block", {{"number", payload.number.value},
                             {"hash", codec::to_hex0x(payload.block_hash.view())},
                             {"txs", payload.transactions.size()},
                             {"bytes", message.data.size()},
                             {"peer", block.from.to_string()}});
}

void BlockGossip::note_publishing(const Result<CheckedBlock>& ended) {
  if (ended) return;
  ++counts_.publishing_errors;
  counts_.last_publishing_error = loop_.wall_now();
}

Task<Result<CheckedBlock>> BlockGossip::publish(Envelope envelope, BlockSigner& signer) {
  Result<CheckedBlock> published = co_await sign_and_send(std::move(envelope), signer);
  note_publishing(published);
  co_return published;
}

Task<Result<CheckedBlock>> BlockGossip::publish_frame(PayloadVersion version, Bytes frame) {
  Result<CheckedBlock> published = co_await send(version, std::move(frame));
  note_publishing(published);
  co_return published;
}

Task<Result<CheckedBlock>> BlockGossip::sign_and_send(Envelope envelope, BlockSigner& signer) {
  const PayloadVersion version = options_.forks.payload_version(envelope.payload.timestamp);
  if (envelope.payload.version != version) co_return errors::kWrongVersion;
  const Bytes ssz = encode_ssz(envelope);
  OPW_CO_TRY(const crypto::RecoverableSignature signature, co_await signer.sign(payload_hash(ssz)));
  Bytes frame = codec::snappy::compress(make_gossip_body(signature, ssz));
  co_return co_await send(version, std::move(frame));
}

Task<Result<CheckedBlock>> BlockGossip::send(PayloadVersion version, Bytes frame) {
  const Result<SharedBytes> plain = decompress_message(frame);
  const Arrival own{std::nullopt, loop_.wall_now(), loop_.now()};
  OPW_CO_TRY(CheckedBlock block, co_await check(version, plain, own));
  OPW_CO_TRYV(service_.publish(topics_.name(version), Buffer::copy_of(frame)));
  kLog.info("block published", {{"number", block.envelope.payload.number.value},
                                {"hash", codec::to_hex0x(block.envelope.payload.block_hash.view())},
                                {"topic", topics_.name(version)}});
  co_return std::move(block);
}

}  // namespace opwire::opstack
