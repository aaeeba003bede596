#include "opwire/store/payload_archive.hpp"

#include <algorithm>
#include <utility>

#include "opwire/store/archive_file.hpp"
#include "opwire/store/archive_open.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/opening.hpp"

namespace opwire::store {
namespace {

constexpr log::Logger kLog{"archive"};
constexpr auto kCloseRetry = std::chrono::milliseconds(10);

struct Opened {
  std::unique_ptr<ArchiveFile> file;
  ArchiveExtent extent;
};

Result<Opened, OpenError> open_to_write(const PayloadArchiveOptions& options, WallTime now) {
  OPW_TRY(std::unique_ptr<ArchiveFile> file, open_archive(options, now));
  const Result<ArchiveExtent> extent = file->extent();
  if (!extent) return open_error(options.file, extent.error(), {});
  return Opened{std::move(file), *extent};
}

bool exceeds(const ArchiveExtent& stored, const ArchiveBounds& bounds) noexcept {
  return stored.count > bounds.max_count || stored.bytes > bounds.max_bytes;
}

// Both the preferred ones first; what waits has arrived later than all that is stored.
std::vector<ArchivedPayload> merged(const std::vector<PayloadPtr>& waiting,
                                    const std::vector<ArchivedPayload>& stored) {
  std::vector<ArchivedPayload> all;
  for (const PayloadKind kind : {PayloadKind::kSigned, PayloadKind::kLinked}) {
    const auto add = [&](ArchivedPayload payload) {
      const auto is_same = [&](const ArchivedPayload& each) { return each.hash == payload.hash; };
      if (payload.kind == kind && std::none_of(all.begin(), all.end(), is_same)) all.push_back(std::move(payload));
    };
    for (const PayloadPtr& payload : waiting) add(*payload);
    for (const ArchivedPayload& payload : stored) add(payload);
  }
  return all;
}

}  // namespace

// Of a job on the store thread: what it did, and what is there now.
struct PayloadArchive::Outcome {
  std::size_t erased = 0;
  ArchiveExtent stored;
};

PayloadArchive::PayloadArchive(Loop& loop, WorkerPool& store_thread, PayloadArchiveOptions options,
                               std::unique_ptr<ArchiveFile> file, const ArchiveExtent& stored)
    : loop_(loop),
      store_thread_(store_thread),
      options_(std::move(options)),
      file_(std::move(file)),
      stored_(stored),
      waiting_(options_.max_waiting_bytes),
      next_by_age_(loop.now()),
      turns_(loop),
      changed_(loop),
      scope_(loop) {
  scope_.spawn(run());
}
PayloadArchive::~PayloadArchive() = default;

Task<Result<std::unique_ptr<PayloadArchive>, OpenError>> PayloadArchive::open(Loop& loop, WorkerPool& store_thread,
                                                                              PayloadArchiveOptions options) {
  const WallTime now = loop.wall_now();
  const auto job = [&options, now] { return open_to_write(options, now); };
  auto ran = co_await store_thread.run(loop, job);
  if (!ran) co_return open_error(options.file, ran.error(), {});
  OPW_CO_TRY(Opened opened, std::move(*ran));
  co_return std::unique_ptr<PayloadArchive>(
      new PayloadArchive(loop, store_thread, std::move(options), std::move(opened.file), opened.extent));
}

void PayloadArchive::put(ArchivedPayload payload) {
  std::size_t dropped = 1;
  if (file_ && is_storable(payload)) dropped = waiting_.put(std::move(payload));
  if (waiting_.size() == 1 || waiting_.size() >= kWriteAt) changed_.notify_all();
  dropped_ += dropped;
  if (dropped > 0 && drops_.admit(loop_.now())) {
    kLog.warn("payloads are not archived", {{"dropped", dropped_}, {"waiting", waiting_.size()}});
  }
}

Task<void> PayloadArchive::run() {
  while (!scope_.cancelled()) {
    co_await keep_bounds();
    co_await wait_for_work();
    if (scope_.cancelled()) co_return;
    if (waiting_.empty()) continue;
    const bool written = co_await write_or_complain();
    if (!written) (void)co_await sleep_for(loop_, kRetryAfter);
  }
}

// Until there is something to write, or something may have become too old.
Task<void> PayloadArchive::wait_for_work() {
  while (waiting_.empty() && !scope_.cancelled()) {
    if (co_await changed_.wait_until(next_by_age_) != Wake::kNotified) co_return;
  }
  const TimePoint deadline = loop_.now() + kWriteAfter;
  while (waiting_.size() < kWriteAt && co_await changed_.wait_until(deadline) == Wake::kNotified) {
  }
}

Task<bool> PayloadArchive::write_or_complain() {
  const Turns::Turn turn = co_await turns_.take();
  const Result<void> written = co_await write_some();
  if (!written && complaints_.admit(loop_.now())) {
    kLog.warn("payloads are not written", {{"error", written.error()}, {"waiting", waiting_.size()}});
  }
  co_return written.has_value();
}

Task<Result<void>> PayloadArchive::flush() {
  if (!file_) co_return opwire::errors::kClosed;
  const WaitingPayloads::Ticket last = waiting_.last_ticket();
  while (waiting_.waits_until(last)) {
    const Turns::Turn turn = co_await turns_.take();
    if (!waiting_.waits_until(last)) break;
    OPW_CO_TRYV(co_await write_some());
  }
  if (std::exchange(told_dropped_, dropped_) != dropped_) co_return Error(errors::kFull, "payloads were dropped");
  co_return Result<void>();
}

// In its caller's turn.
Task<Result<void>> PayloadArchive::write_some() {
  if (!file_) co_return opwire::errors::kClosed;
  const WaitingPayloads::Some some = waiting_.take(ArchiveFile::kStepRecords, ArchiveFile::kStepBytes);
  const std::optional<opstack::BlockId> head = new_head_;
  const auto job = [file = file_.get(), &some, &head, &bounds = options_.bounds]() -> Result<Outcome> {
    OPW_TRYV(file->write(some.payloads, head));
    Outcome outcome;
    OPW_TRY(outcome.stored, file->extent());
    if (!exceeds(outcome.stored, bounds)) return outcome;
    // For as many as came as many go. What is written stays written if that fails; keep_bounds() tells of it.
    outcome.erased = file->prune(bounds, {}).value_or(0);
    OPW_TRY(outcome.stored, file->extent());
    return outcome;
  };
  auto ran = co_await store_thread_.run(loop_, job);
  if (!ran || !*ran) {
    waiting_.failed();
    co_return ran ? ran->error() : ran.error();
  }
  waiting_.done(some);
  if (new_head_ == head) new_head_.reset();
  note(**ran);
  co_return Result<void>();
}

void PayloadArchive::note(const Outcome& outcome) {
  stored_ = outcome.stored;
  erased_ += outcome.erased;
}

// One step; true when there may be more to erase.
Task<Result<bool>> PayloadArchive::prune_some(bool by_age) {
  if (!file_) co_return opwire::errors::kClosed;
  const std::optional<WallTime> now = by_age ? std::optional(loop_.wall_now()) : std::nullopt;
  const auto job = [file = file_.get(), &bounds = options_.bounds, now]() -> Result<Outcome> {
    Outcome outcome;
    OPW_TRY(outcome.erased, file->prune(bounds, now));
    OPW_TRY(outcome.stored, file->extent());
    return outcome;
  };
  auto ran = co_await store_thread_.run(loop_, job);
  OPW_CO_TRY(const Result<Outcome> outcome, std::move(ran));
  OPW_CO_TRY(const Outcome done, outcome);
  note(done);
  co_return done.erased > 0;
}

// What waits is written between two steps.
Task<void> PayloadArchive::keep_bounds() {
  const bool by_age = loop_.now() >= next_by_age_;
  if (by_age) next_by_age_ = loop_.now() + kAgeEvery;
  while (!scope_.cancelled()) {
    if (!by_age && !exceeds(stored_, options_.bounds)) co_return;
    {
      const Turns::Turn turn = co_await turns_.take();
      const Result<bool> more = co_await prune_some(by_age);
      if (!more && complaints_.admit(loop_.now())) kLog.warn("old payloads stay", {{"error", more.error()}});
      if (!more || !*more) co_return;
    }
    if (waiting_.empty()) continue;
    const bool written = co_await write_or_complain();
    if (!written) co_return;
  }
}

template <class Found>
void PayloadArchive::note_damage(const Found& found) {
  if (!found && found.error().is(errors::kBadValue)) ++damaged_;
}

Task<Result<std::optional<ArchivedPayload>>> PayloadArchive::by_number(BlockNumber number) {
  if (!file_) co_return opwire::errors::kClosed;
  std::optional<ArchivedPayload> waits;
  if (const auto waiting = waiting_.by_number(number); !waiting.empty()) waits = *waiting.front();
  if (waits && waits->kind == PayloadKind::kSigned) co_return waits;
  const auto job = [file = file_.get(), number] { return file->by_number(number); };
  OPW_CO_TRY(auto found, co_await store_thread_.run(loop_, job));
  note_damage(found);
  if (!waits) co_return found;
  // What waits has arrived later than all that is stored.
  if (found && *found && (*found)->kind == PayloadKind::kSigned) co_return found;
  co_return waits;
}

Task<Result<std::vector<ArchivedPayload>>> PayloadArchive::all_by_number(BlockNumber number) {
  if (!file_) co_return opwire::errors::kClosed;
  // A copy: what waits may change meanwhile.
  const auto waiting = waiting_.by_number(number);
  const auto job = [file = file_.get(), number] { return file->all_by_number(number); };
  OPW_CO_TRY(auto ran, co_await store_thread_.run(loop_, job));
  note_damage(ran);
  OPW_CO_TRY(const std::vector<ArchivedPayload> stored, std::move(ran));
  co_return merged(waiting, stored);
}

Task<Result<std::optional<ArchivedPayload>>> PayloadArchive::by_hash(Hash256 hash) {
  if (!file_) co_return opwire::errors::kClosed;
  if (const auto waiting = waiting_.by_hash(hash)) co_return std::optional<ArchivedPayload>(*waiting);
  const auto job = [file = file_.get(), &hash] { return file->by_hash(hash); };
  OPW_CO_TRY(auto found, co_await store_thread_.run(loop_, job));
  note_damage(found);
  co_return found;
}

Task<Result<std::vector<Hash256>>> PayloadArchive::hashes_at(BlockNumber number) {
  if (!file_) co_return opwire::errors::kClosed;
  // First: what waits may be written meanwhile.
  const auto waiting = waiting_.by_number(number);
  const auto job = [file = file_.get(), number] { return file->hashes_at(number); };
  OPW_CO_TRY(auto ran, co_await store_thread_.run(loop_, job));
  OPW_CO_TRY(std::vector<Hash256> hashes, std::move(ran));
  for (const auto& payload : waiting) {
    if (std::find(hashes.begin(), hashes.end(), payload->hash) == hashes.end()) hashes.push_back(payload->hash);
  }
  co_return hashes;
}

ArchiveStatus PayloadArchive::status() const noexcept {
  return {stored_, waiting_.size(), waiting_.bytes(), dropped_, erased_, damaged_};
}

Task<void> PayloadArchive::close() {
  scope_.cancel();
  co_await scope_.join();
  if (!file_) co_return;
  Result<void> flushed = co_await flush();
  if (flushed && new_head_) flushed = co_await write_some();
  if (!flushed) kLog.warn("payloads are not written", {{"error", flushed.error()}, {"waiting", waiting_.size()}});
  co_await close_file();
}

Task<void> PayloadArchive::close_file() {
  // Taken at once: jobs that wait before this one still have the file, since it ends in the same queue.
  std::unique_ptr<ArchiveFile> file = std::move(file_);
  const auto job = [&file] { return file.reset(), true; };
  while (file) {
    const auto ran = co_await store_thread_.run(loop_, job);
    if (ran) co_return;
    co_await clear_cancellation();
    (void)co_await sleep_for(loop_, kCloseRetry);
  }
}

}  // namespace opwire::store
