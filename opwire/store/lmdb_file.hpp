// LMDB, used in one way: one file, one thread, whole batches, every one synced. All calls block.
#pragma once

#include <lmdb.h>

#include <memory>
#include <optional>
#include <vector>

#include "opwire/store/database.hpp"
#include "opwire/store/file_lock.hpp"

namespace opwire::store {

class LmdbFile {
 public:
  /// Writes a new, empty file. Errors: kCannotOpen, kFull, kFailed.
  static Result<void> create(const std::filesystem::path& path, const DatabaseOptions& options);
  /// The file has passed check_pages(). Errors: also kDamaged (our marks), kNewerFormat.
  static Result<std::unique_ptr<LmdbFile>> open(const std::filesystem::path& path, const DatabaseOptions& options);
  /// The most that a file grows to.
  static std::uint64_t map_size(const DatabaseOptions& options) noexcept;

  /// How many entries went to make room. Errors: kFull, kFailed.
  Result<std::size_t> write(const Batch& batch);
  Result<Contents> scan(TableId table);

  /// Let go when this is destroyed, after the file is closed.
  void hold(FileLock lock) { lock_ = std::move(lock); }

 private:
  struct Closer {
    void operator()(MDB_env* env) const noexcept { mdb_env_close(env); }
  };
  struct Aborter {
    void operator()(MDB_txn* txn) const noexcept { mdb_txn_abort(txn); }
  };
  using Env = std::unique_ptr<MDB_env, Closer>;
  using Txn = std::unique_ptr<MDB_txn, Aborter>;
  struct Table {
    TableOptions options;
    MDB_dbi id = 0;
  };

  explicit LmdbFile(Env env, std::uint64_t size_cap) : env_(std::move(env)), size_cap_(size_cap) {}
  static Result<Env> open_env(const std::filesystem::path& path, const DatabaseOptions& options);

  Result<Txn> begin(unsigned flags);
  static Result<void> commit(Txn txn);
  Result<void> open_tables(const DatabaseOptions& options);
  static Result<Contents> scan(MDB_txn* txn, MDB_dbi table);
  Result<std::size_t> make_room(std::size_t bytes);
  Result<std::uint64_t> used_bytes(MDB_txn* txn, const Table& table);
  static Result<void> apply(MDB_txn* txn, MDB_dbi table, const Batch::Change& change);

  std::optional<FileLock> lock_;  // before env_, so that it goes after it
  Env env_;
  std::uint64_t size_cap_;
  std::vector<Table> tables_;
};

}  // namespace opwire::store
