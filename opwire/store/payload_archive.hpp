// L2 blocks of one chain on the disk: for peers that ask by number or by hash, and for a node that starts again.
//
//   OPW_CO_TRY(auto archive, co_await PayloadArchive::open(loop, store_thread, options));
//   archive->put(std::move(payload));  // on the disk a second later at most
//   OPW_CO_TRY(auto found, co_await archive->by_number(number));
//   co_await archive->close();
//
// Signed payloads (from gossip) and linked ones (asked for, and tied to a block that was known) are kept and served
// alike. A number may have several blocks of different hashes, up to eight. A server that is asked for a number gives
// the preferred one: signed before linked, since a peer can check it by itself, then the latest to arrive, since the
// sequencer's last word counts. A driver that starts again begins at the head that it has set; what was archived above
// it, with gaps perhaps, is found by by_hash() and all_by_number().
//
// Put means queued. Committed (synced, and there after any kill) is what flush() has returned for; without it a write
// begins half a second after the first payload, or when 64 wait. A write is one transaction of LMDB: whole or not at
// all, so nothing needs repair after a crash. What waits is found like what is on the disk. When the disk does not keep
// up, or is full, those of the lowest numbers that wait are dropped: status().dropped counts them, and a line says it.
//
// Everything that touches the disk runs on the store thread; the loop never waits for it, nor LMDB for the loop. Bounds
// are kept in steps of 64 records, lowest numbers first; the highest number never goes.
//
// One process writes (a lock on <file>.lock); others may read meanwhile (payload_archive_reader.hpp). For them LMDB's
// own table of readers (<file>-lock) is in use, which Database does without: the writer does not use pages again that a
// reader's snapshot needs. A reader that was killed is taken off that table; one that is halted in the middle of a step
// can let the file grow, up to its map (the bound on bytes, an eighth, and 128 MiB) and not further: then writes fail
// with kFull, as on a full disk, until it goes on or ends. LMDB's locks belong to a process: one process has a file
// open once, so no reader in the writer's own. All processes are of one machine, and see each other's ids.
//
// A file is opened without reading it all. What is looked at then: page_check.hpp, check_frame(). Each record is sealed
// with a checksum, which is checked when it is read: a damaged one is kBadValue, and the others are served. A damaged
// page of LMDB's own below a table's root is not looked for: check_pages() finds it, while nobody writes.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "opwire/base/log.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/runtime/worker_pool.hpp"
#include "opwire/store/database.hpp"
#include "opwire/store/payload_archive_types.hpp"
#include "opwire/store/turns.hpp"
#include "opwire/store/waiting_payloads.hpp"

namespace opwire::store {

class ArchiveFile;

struct PayloadArchiveOptions {
  explicit PayloadArchiveOptions(std::filesystem::path path, ChainId id) : file(std::move(path)), chain(id) {}
  /// Folders above it are made where they are missing.
  std::filesystem::path file;
  ChainId chain;
  ArchiveBounds bounds;
  /// Of payloads that wait to be written.
  std::size_t max_waiting_bytes = 64 << 20;
  bool reset_damaged = false;  ///< as in DatabaseOptions
  std::string reset_flag = "--archive.reset-damaged";
};

struct ArchiveStatus {
  ArchiveExtent stored;  ///< after the last write
  std::size_t waiting = 0;
  std::size_t waiting_bytes = 0;
  std::uint64_t dropped = 0;  ///< since it was opened: not written, for want of room
  std::uint64_t erased = 0;   ///< since it was opened: went to keep the bounds
  std::uint64_t damaged = 0;  ///< since it was opened: reads that met a damaged record
};

class PayloadArchive {
 public:
  static constexpr auto kWriteAfter = std::chrono::milliseconds(500);
  static constexpr std::size_t kWriteAt = 64;
  static constexpr auto kRetryAfter = std::chrono::seconds(1);
  static constexpr auto kAgeEvery = std::chrono::minutes(1);

  /// store_thread: as in Database. It and the loop outlive the archive. Errors: kCannotOpen, kBusy, kDamaged,
  /// kNewerFormat, kWrongChain; kFull; kLimit.
  static Task<Result<std::unique_ptr<PayloadArchive>, OpenError>> open(Loop& loop, WorkerPool& store_thread,
                                                                       PayloadArchiveOptions options);
  ~PayloadArchive();
  PayloadArchive(const PayloadArchive&) = delete;
  PayloadArchive& operator=(const PayloadArchive&) = delete;

  /// Never waits. The same block again changes nothing, except that signed replaces linked. payload: is_storable(), or
  /// it is dropped.
  void put(ArchivedPayload payload);
  /// Where the chain's owner stands: status().stored.head after a restart. Written with the next payloads, or by
  /// close().
  void set_head(const opstack::BlockId& head) { new_head_ = head; }
  /// What was put before is committed. What is not written stays and is tried again. Errors: kFull (also, once, when
  /// something was dropped since the last flush), kFailed; kClosed; kLimit.
  Task<Result<void>> flush();

  /// The preferred one. Errors: kBadValue (its record is damaged), kFailed; kClosed; kLimit.
  Task<Result<std::optional<ArchivedPayload>>> by_number(BlockNumber number);
  /// The preferred one first.
  Task<Result<std::vector<ArchivedPayload>>> all_by_number(BlockNumber number);
  Task<Result<std::optional<ArchivedPayload>>> by_hash(Hash256 hash);
  /// Of all blocks of that height, each once, in no order. Costs no payload. Errors: kFailed; kClosed; kLimit.
  Task<Result<std::vector<Hash256>>> hashes_at(BlockNumber number);

  ArchiveStatus status() const noexcept;

  /// Writes what waits and closes the file. Before it is destroyed. What comes later gets kClosed.
  Task<void> close();

 private:
  struct Outcome;
  PayloadArchive(Loop& loop, WorkerPool& store_thread, PayloadArchiveOptions options, std::unique_ptr<ArchiveFile> file,
                 const ArchiveExtent& stored);
  Task<void> run();
  Task<void> wait_for_work();
  Task<bool> write_or_complain();
  Task<Result<void>> write_some();
  void note(const Outcome& outcome);
  template <class Found>
  void note_damage(const Found& found);
  Task<Result<bool>> prune_some(bool by_age);
  Task<void> keep_bounds();
  Task<void> close_file();

  Loop& loop_;
  WorkerPool& store_thread_;
  PayloadArchiveOptions options_;
  std::unique_ptr<ArchiveFile> file_;
  ArchiveExtent stored_;
  WaitingPayloads waiting_;
  std::optional<opstack::BlockId> new_head_;  // not written yet
  std::uint64_t dropped_ = 0;
  std::uint64_t told_dropped_ = 0;  // by flush()
  std::uint64_t erased_ = 0;
  std::uint64_t damaged_ = 0;
  TimePoint next_by_age_{};
  Turns turns_;  // one at a time writes
  Event changed_;
  log::Limit complaints_;
  log::Limit drops_;
  Scope scope_;
};

}  // namespace opwire::store
