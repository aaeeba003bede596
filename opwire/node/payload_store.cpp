#include "opwire/node/payload_store.hpp"

#include <algorithm>
#include <utility>

#include "opwire/codec/snappy_frames.hpp"
#include "opwire/opstack/payload/ssz.hpp"
#include "opwire/opstack/sync/errors.hpp"
#include "opwire/opstack/sync/payload_size.hpp"
#include "opwire/opstack/sync/protocol.hpp"

namespace opwire::node {
namespace {

constexpr log::Logger kLog{"archive"};
constexpr std::size_t kEncodedAtOnce = 16;

using opstack::Envelope;
using store::ArchivedPayload;
using store::PayloadKind;

// Long for a large payload: for the pool.
ArchivedPayload to_archive(const Envelope& envelope, const opstack::GossipBody& body, PayloadKind kind) {
  const opstack::ExecutionPayload& payload = envelope.payload;
  ArchivedPayload record;
  record.kind = kind;
  record.version = payload.version;
  record.number = payload.number;
  record.hash = payload.block_hash;
  record.parent_hash = payload.parent_hash;
  record.timestamp = payload.timestamp;
  if (kind == PayloadKind::kSigned) {
    record.signature = body.signature.bytes;
    record.framed = codec::snappy::encode_frames(body.ssz.view());
  } else {
    record.framed = codec::snappy::encode_frames(opstack::encode_ssz(envelope));
  }
  return record;
}

}  // namespace

Result<Envelope> decode_archived(const ArchivedPayload& record) {
  OPW_TRY(Bytes ssz, codec::snappy::decode_frames(record.framed, opstack::kMaxAnswerBody));
  return opstack::decode_ssz(record.version, opstack::SharedBytes(std::move(ssz)));
}

PayloadStore::PayloadStore(Loop& loop, WorkerPool& pool)
    : loop_(loop), pool_(pool), recent_(loop, pool), encoding_(loop) {}

void PayloadStore::put_signed(const Envelope& envelope, const opstack::GossipBody& body) {
  put({envelope, body, PayloadKind::kSigned});
}

void PayloadStore::put_linked(const Envelope& envelope) {
  put({envelope, {}, PayloadKind::kLinked});
}

void PayloadStore::put(Kept kept) {
  if (!archive_) return recent_.add(kept.envelope);
  const std::size_t size = opstack::memory_size(kept.envelope);
  if (encoding_bytes_ > 0 && encoding_bytes_ + size > kMaxEncoding) {
    ++left_out_;
    if (complaints_.admit(loop_.now()))
      kLog.warn("blocks come faster than they are encoded", {{"left_out", left_out_}});
    return;
  }
  encoding_bytes_ += size;
  to_encode_.push_back(std::move(kept));
  if (!std::exchange(is_encoding_, true)) encoding_.spawn(encode());
}

Task<void> PayloadStore::encode() {
  while (!to_encode_.empty()) {
    const auto end = to_encode_.begin() + static_cast<std::ptrdiff_t>(std::min(to_encode_.size(), kEncodedAtOnce));
    const std::vector<Kept> some(to_encode_.begin(), end);
    to_encode_.erase(to_encode_.begin(), end);
    const auto job = [&some] {
      std::vector<ArchivedPayload> records;
      for (const Kept& kept : some) records.push_back(to_archive(kept.envelope, kept.body, kept.kind));
      return records;
    };
    auto records = co_await pool_.run(loop_, job);
    if (records) {
      for (ArchivedPayload& record : *records) archive_->put(std::move(record));
    } else {
      left_out_ += some.size();
    }
    for (const Kept& kept : some) encoding_bytes_ -= opstack::memory_size(kept.envelope);
  }
  is_encoding_ = false;
}

void PayloadStore::set_head(const opstack::BlockId& head) {
  if (archive_) archive_->set_head(head);
}

Task<Result<opstack::FramedPayload>> PayloadStore::payload(BlockNumber number, TimePoint deadline) {
  if (!archive_) {
    auto found = co_await recent_.payload(number, deadline);
    if (found || engine_ == nullptr) co_return found;
    co_return co_await from_engine(number);
  }
  auto found = co_await archive_->by_number(number);
  if (found && *found) {
    co_return opstack::FramedPayload{(*found)->version, opstack::SharedBytes(std::move((*found)->framed))};
  }
  if (engine_ != nullptr) co_return co_await from_engine(number);
  if (!found) co_return found.error();
  co_return opstack::errors::kNotFound;
}

Task<Result<opstack::FramedPayload>> PayloadStore::from_engine(BlockNumber number) {
  auto envelope = co_await engine_->payload(number);
  if (!envelope && envelope.error().is(opstack::errors::kNoSuchBlock)) co_return opstack::errors::kNotFound;
  if (!envelope) co_return envelope.error();
  const auto job = [&envelope] { return opstack::frame_payload(*envelope); };
  co_return co_await pool_.run(loop_, job);
}

Task<std::optional<Envelope>> PayloadStore::by_hash(Hash256 hash) {
  if (!archive_) co_return std::nullopt;
  const auto found = co_await archive_->by_hash(hash);
  if (!found || !*found) co_return std::nullopt;
  const auto job = [&found] { return decode_archived(**found); };
  auto envelope = co_await pool_.run(loop_, job);
  if (!envelope || !*envelope) co_return std::nullopt;
  co_return std::move(**envelope);
}

Task<std::optional<Hash256>> PayloadStore::parent_of(opstack::BlockId block) {
  if (!archive_) co_return std::nullopt;
  const auto found = co_await archive_->by_hash(block.hash);
  if (!found || !*found || (*found)->number != block.number) co_return std::nullopt;
  co_return (*found)->parent_hash;
}

Task<std::vector<Envelope>> PayloadStore::at(BlockNumber number) {
  std::vector<Envelope> envelopes;
  if (!archive_) co_return envelopes;
  const auto found = co_await archive_->all_by_number(number);
  if (!found) co_return envelopes;
  for (const ArchivedPayload& record : *found) {
    auto envelope = decode_archived(record);
    if (envelope) envelopes.push_back(std::move(*envelope));
  }
  co_return envelopes;
}

Task<void> PayloadStore::close() {
  co_await encoding_.join();
  if (archive_) co_await archive_->close();
}

}  // namespace opwire::node
