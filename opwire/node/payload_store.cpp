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

template <class T>
Task<void> note_answer(Task<Result<T>> question, std::optional<Result<T>>& answer, Event& answered) {
  answer = co_await std::move(question);
  answered.notify_all();
}

/// Given up at the deadline. Errors: also kTimeout, kCancelled.
template <class T>
Task<Result<T>> answer_by(Loop& loop, TimePoint deadline, Task<Result<T>> question) {
  std::optional<Result<T>> answer;
  Event answered(loop);
  Scope asking(loop);
  asking.spawn(note_answer(std::move(question), answer, answered));
  Wake how = Wake::kNotified;
  while (!answer && how == Wake::kNotified) how = co_await answered.wait_until(deadline);
  asking.cancel();
  co_await asking.join();
  if (how == Wake::kTimeout) co_return Error(opwire::errors::kTimeout, "execution engine");
  if (how == Wake::kCancelled) co_return opwire::errors::kCancelled;
  co_return std::move(*answer);
}

}  // namespace

Result<Envelope> decode_archived(const ArchivedPayload& record) {
  OPW_TRY(Bytes ssz, codec::snappy::decode_frames(record.framed, opstack::kMaxAnswerBody));
  return opstack::decode_ssz(record.version, opstack::SharedBytes(std::move(ssz)));
}

PayloadStore::PayloadStore(Loop& loop, WorkerPool& pool) : loop_(loop), pool_(pool), encoding_(loop) {}

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
  Result<opstack::FramedPayload> kept = opstack::errors::kNotFound;
  if (archive_) {
    kept = co_await from_archive(number, deadline);
  } else {
    kept = co_await from_memory(number, deadline);
  }
  if (kept || engine_ == nullptr) co_return kept;
  auto answer = co_await from_engine(number, deadline);
  // That the engine has none either does not hide why the archive cannot tell.
  if (!answer && answer.error().is(opstack::errors::kNotFound)) co_return kept;
  co_return answer;
}

Task<Result<opstack::FramedPayload>> PayloadStore::from_archive(BlockNumber number, TimePoint deadline) {
  OPW_CO_TRY(const std::vector<Hash256> hashes, co_await archive_->hashes_at(number));
  std::optional<Hash256> ours;
  if (hashes.size() > 1) ours = co_await hash_on_our_chain(number, deadline);
  Result<std::optional<ArchivedPayload>> found = std::optional<ArchivedPayload>();
  if (ours) {
    found = co_await archive_->by_hash(*ours);
  } else {
    found = co_await archive_->by_number(number);
  }
  if (!found) co_return found.error();
  if (!*found) co_return opstack::errors::kNotFound;
  co_return opstack::FramedPayload{(*found)->version, opstack::SharedBytes(std::move((*found)->framed))};
}

Task<Result<opstack::FramedPayload>> PayloadStore::from_memory(BlockNumber number, TimePoint deadline) {
  const std::vector<Envelope> all = recent_.at(number);
  std::optional<Hash256> ours;
  if (all.size() > 1) ours = co_await hash_on_our_chain(number, deadline);
  const auto is_ours = [&](const Envelope& each) { return !ours || each.payload.block_hash == *ours; };
  const auto found = std::ranges::find_if(all, is_ours);
  if (found == all.end()) co_return opstack::errors::kNotFound;
  const auto job = [&envelope = *found] { return opstack::frame_payload(envelope); };
  co_return co_await pool_.run(loop_, job);
}

Task<std::optional<Hash256>> PayloadStore::hash_on_our_chain(BlockNumber number, TimePoint deadline) {
  if (engine_ == nullptr) co_return std::nullopt;
  const TimePoint until = std::min(deadline, loop_.now() + kTellWithin);
  const auto block = co_await answer_by(loop_, until, engine_->block(number));
  if (!block || !*block) co_return std::nullopt;
  co_return (*block)->hash;
}

Task<Result<opstack::FramedPayload>> PayloadStore::from_engine(BlockNumber number, TimePoint deadline) {
  auto envelope = co_await answer_by(loop_, deadline, engine_->payload(number));
  if (!envelope && envelope.error().is(opstack::errors::kNoSuchBlock)) co_return opstack::errors::kNotFound;
  if (!envelope) co_return envelope.error();
  const auto job = [&envelope] { return opstack::frame_payload(*envelope); };
  co_return co_await pool_.run(loop_, job);
}

Task<std::optional<Envelope>> PayloadStore::by_hash(Hash256 hash) {
  if (!archive_) co_return recent_.by_hash(hash);
  const auto found = co_await archive_->by_hash(hash);
  if (!found || !*found) co_return std::nullopt;
  const auto job = [&found] { return decode_archived(**found); };
  auto envelope = co_await pool_.run(loop_, job);
  if (!envelope || !*envelope) co_return std::nullopt;
  co_return std::move(**envelope);
}

Task<std::optional<Hash256>> PayloadStore::parent_of(opstack::BlockId block) {
  if (!archive_) {
    const auto kept = recent_.by_hash(block.hash);
    if (!kept || kept->payload.number != block.number) co_return std::nullopt;
    co_return kept->payload.parent_hash;
  }
  const auto found = co_await archive_->by_hash(block.hash);
  if (!found || !*found || (*found)->number != block.number) co_return std::nullopt;
  co_return (*found)->parent_hash;
}

Task<std::vector<Envelope>> PayloadStore::at(BlockNumber number) {
  std::vector<Envelope> envelopes;
  if (!archive_) co_return recent_.at(number);
  const auto found = co_await archive_->all_by_number(number);
  if (!found) co_return envelopes;
  const auto job = [&found] {
    std::vector<Envelope> decoded;
    for (const ArchivedPayload& record : *found) {
      auto envelope = decode_archived(record);
      if (envelope) decoded.push_back(std::move(*envelope));
    }
    return decoded;
  };
  auto decoded = co_await pool_.run(loop_, job);
  if (decoded) envelopes = std::move(*decoded);
  co_return envelopes;
}

Task<void> PayloadStore::close() {
  co_await encoding_.join();
  if (archive_) co_await archive_->close();
}

}  // namespace opwire::node
