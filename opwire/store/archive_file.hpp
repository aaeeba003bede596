// The archive's file: LMDB, used in one way by one writer, and by any number of readers in other processes. All calls
// block.
//
// Tables: "blocks" has key number (8, big endian) and hash (32), and a sealed record (archived_payload.hpp); "hashes"
// has a block's hash, and its number; "opwire.archive" has the marks: format, chain, and the state (the next order of
// arrival; the highest signed number; the head).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "opwire/base/time.hpp"
#include "opwire/store/archived_payload.hpp"
#include "opwire/store/file_lock.hpp"
#include "opwire/store/lmdb_env.hpp"
#include "opwire/store/payload_archive_types.hpp"

namespace opwire::store {

struct ArchiveState;
struct StoredRecord;
using PayloadPtr = std::shared_ptr<const ArchivedPayload>;

class ArchiveFile {
 public:
  /// What one transaction takes, gives away, or copies out for a reader: so none lasts long.
  static constexpr std::size_t kStepRecords = 64;
  static constexpr std::size_t kStepBytes = 8 << 20;
  /// Different blocks of one number. A further one replaces the one that is preferred least.
  static constexpr std::size_t kMaxAtNumber = 8;

  enum class Mode : std::uint8_t { kWriter, kReader };

  /// Writes a new, empty file. Errors: kCannotOpen, kFull, kFailed.
  static Result<void> create(const std::filesystem::path& path, ChainId chain);
  /// The file has passed check_frame(). max_bytes: of the options; for a reader 0. Errors: also kDamaged, kNewerFormat.
  static Result<std::unique_ptr<ArchiveFile>> open(const std::filesystem::path& path, Mode mode,
                                                   std::uint64_t max_bytes);
  static std::uint64_t map_size(const std::filesystem::path& path, std::uint64_t max_bytes) noexcept;

  ChainId chain() const noexcept { return chain_; }
  Result<ArchiveExtent> extent();

  /// All or none; at most kStepRecords; the head where one is given. Errors: kFull, kFailed.
  Result<void> write(std::span<const PayloadPtr> payloads, const std::optional<opstack::BlockId>& head = {});
  /// One step. How many went: as many as a step takes when more may have to. now: nothing when age does not count this
  /// time.
  Result<std::size_t> prune(const ArchiveBounds& bounds, std::optional<WallTime> now);

  /// The preferred one: signed before linked, then the latest to arrive; one whose record is damaged only when no other
  /// is there. Errors: kBadValue; kFailed.
  Result<std::optional<ArchivedPayload>> by_number(BlockNumber number);
  /// Those that are whole, the preferred one first. Errors: as above.
  Result<std::vector<ArchivedPayload>> all_by_number(BlockNumber number);
  /// Likewise, damaged ones too: no record is read for it.
  Result<std::vector<Hash256>> hashes_at(BlockNumber number);
  Result<std::optional<ArchivedPayload>> by_hash(const Hash256& hash);
  /// The records after that place (from the first of `from` where there is none), up to `to`: as many as a step takes.
  Result<std::vector<ArchiveEntry>> some(BlockNumber from, const ArchiveEntry* after, BlockNumber to);

  /// Let go when this is destroyed, after the file is closed.
  void hold(FileLock lock) { lock_ = std::move(lock); }

 private:
  explicit ArchiveFile(LmdbEnv env) : env_(std::move(env)) {}
  Result<void> open_tables();
  Result<int> remove_dead_readers();
  Result<MDB_txn*> begin_read();
  Result<void> write_once(std::span<const PayloadPtr> payloads, const std::optional<opstack::BlockId>& head);
  Result<std::uint64_t> used_bytes(MDB_txn* txn) const;
  Result<void> put(MDB_txn* txn, const ArchivedPayload& payload, ArchiveState& state);
  Result<bool> make_place(MDB_txn* txn, const ArchivedPayload& payload);
  Result<void> erase(MDB_txn* txn, ByteView key);
  Result<std::vector<StoredRecord>> find(MDB_txn* txn, BlockNumber number) const;

  std::optional<FileLock> lock_;  // before env_, so that it goes after it
  LmdbEnv env_;
  ChainId chain_;
  MDB_dbi marks_ = 0;
  MDB_dbi blocks_ = 0;
  MDB_dbi hashes_ = 0;
  LmdbTxn read_;  // one place in the table of readers, used again and again; goes before env_
};

}  // namespace opwire::store
