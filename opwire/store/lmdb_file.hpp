// LMDB, used in one way: one file, one thread, whole batches, every one synced. All calls block.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "opwire/store/database.hpp"
#include "opwire/store/file_lock.hpp"
#include "opwire/store/lmdb_env.hpp"

namespace opwire::store {

class LmdbFile {
 public:
  /// Writes a new, empty file. Errors: kCannotOpen, kFull, kFailed.
  static Result<void> create(const std::filesystem::path& path, const DatabaseOptions& options);
  /// The file has passed check_pages(). Errors: also kDamaged (our marks), kNewerFormat.
  static Result<std::unique_ptr<LmdbFile>> open(const std::filesystem::path& path, const DatabaseOptions& options);
  /// The same, and nothing can be written. A table that the file has not is empty.
  static Result<std::unique_ptr<LmdbFile>> open_to_read(const std::filesystem::path& path,
                                                        const DatabaseOptions& options);
  /// The most that a file grows to.
  static std::uint64_t map_size(const DatabaseOptions& options) noexcept;

  /// How many entries went to make room. Errors: kFull, kFailed.
  Result<std::size_t> write(const Batch& batch);
  Result<Contents> scan(TableId table);
  /// When it was opened.
  std::uint32_t version() const noexcept { return version_; }

  /// Let go when this is destroyed, after the file is closed.
  void hold(FileLock lock) { lock_ = std::move(lock); }

 private:
  struct Table {
    TableOptions options;
    std::optional<MDB_dbi> id;  // none: the file has no such table, and is read only
  };

  explicit LmdbFile(LmdbEnv env, std::uint64_t size_cap) : env_(std::move(env)), size_cap_(size_cap) {}
  static Result<LmdbEnv> open_env(const std::filesystem::path& path, const DatabaseOptions& options, unsigned flags);
  static Result<std::unique_ptr<LmdbFile>> open(const std::filesystem::path& path, const DatabaseOptions& options,
                                                unsigned flags);

  Result<LmdbTxn> begin(unsigned flags) { return lmdb_begin(env_.get(), flags); }
  Result<void> open_tables(const DatabaseOptions& options, unsigned flags);
  Result<void> open_table(MDB_txn* txn, const TableOptions& wanted, bool is_there);
  static Result<Contents> scan(MDB_txn* txn, MDB_dbi table);
  Result<std::size_t> make_room(std::size_t bytes);
  Result<std::uint64_t> used_bytes(MDB_txn* txn, const Table& table);
  static Result<void> apply(MDB_txn* txn, MDB_dbi table, const Batch::Change& change);

  std::optional<FileLock> lock_;  // before env_, so that it goes after it
  LmdbEnv env_;
  std::uint64_t size_cap_;
  MDB_dbi marks_ = 0;
  std::uint32_t version_ = 1;
  std::vector<Table> tables_;
};

}  // namespace opwire::store
