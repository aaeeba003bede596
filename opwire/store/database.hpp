// A database in one file, for what outlives a restart: small tables of keys and values, written in batches.
//
//   OPW_CO_TRY(auto database, co_await Database::open(loop, store_thread, options));
//   Batch batch;
//   batch.put(kNodes, key, rank, value);
//   OPW_CO_TRYV(co_await database->write(std::move(batch)));
//   OPW_CO_TRY(Contents contents, co_await database->scan(kNodes));
//   co_await database->close();
//
// LMDB is behind it. Everything here that touches the disk runs on the store thread and may take as long as the disk
// does; the loop never waits for it. A batch is written whole or not at all, and is on the disk when write() returns.
//
// One process has the file at a time (a lock on <file>.lock says so). The file is on a local disk, and nobody changes
// it while it is open: it is mapped into memory.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "opwire/base/bytes.hpp"
#include "opwire/runtime/worker_pool.hpp"

namespace opwire::store {

class LmdbFile;

/// A table's number: its place in DatabaseOptions::tables.
using TableId = std::size_t;

struct TableOptions {
  explicit TableOptions(std::string table_name, std::size_t entries)
      : name(std::move(table_name)), max_entries(entries) {}
  std::string name;
  /// Beyond it, the entries of lowest rank go.
  std::size_t max_entries;
};

struct DatabaseOptions {
  explicit DatabaseOptions(std::filesystem::path file) : path(std::move(file)) {}

  /// Folders above it are made where they are missing.
  std::filesystem::path path;
  std::vector<TableOptions> tables;
  /// Bytes that entries may take, all tables together; beyond it, entries of lowest rank of the largest table go. The
  /// file may grow to about three times as much, since nothing is overwritten in place.
  std::uint64_t size_cap = 16 << 20;
  /// A damaged file is renamed to <file>.damaged-<unix time>, and a new one begun.
  bool reset_damaged = false;
  /// What sets reset_damaged, for the text of the error.
  std::string reset_flag = "--store.reset-damaged";
  /// Of what the tables mean to their owner. It is kept in the file; one from before it was kept has 1. A file of a
  /// higher one is not opened.
  std::uint32_t version = 1;
};

/// Why a database could not be opened: the kind, and a line for people that names the file and what may be done.
struct OpenError {
  Error error;
  std::string text;
};

struct Entry {
  Bytes key;
  std::uint64_t rank = 0;
  Bytes value;
};

struct Contents {
  Contents() = default;
  std::vector<Entry> entries;  ///< in the order of their keys
  std::vector<Bytes> damaged;  ///< keys whose values are not what was put
};

/// Changes that are made together, in this order.
class Batch {
 public:
  /// key: 1 to 511 bytes. rank: what is of low rank goes first when room is needed.
  void put(TableId table, ByteView key, std::uint64_t rank, ByteView value);
  void erase(TableId table, ByteView key);
  /// The file is of this version from now on: with the last of the changes that make it so.
  void set_version(std::uint32_t version) { version_ = version; }
  bool empty() const noexcept { return changes_.empty() && !version_; }

 private:
  friend class LmdbFile;
  struct Change {
    TableId table;
    Bytes key;
    Bytes sealed;  ///< empty: erase
  };
  std::vector<Change> changes_;
  std::size_t bytes_ = 0;
  std::optional<std::uint32_t> version_;
};

class Database {
 public:
  /// store_thread: a pool of one thread, or of none (every call then runs at once, on the loop: for simulation). It and
  /// the loop outlive the database. Errors: kCannotOpen, kBusy, kDamaged, kNewerFormat; kLimit.
  static Task<Result<std::unique_ptr<Database>, OpenError>> open(Loop& loop, WorkerPool& store_thread,
                                                                 DatabaseOptions options);
  /// Nothing is under way. The file is closed here where close() did not do it.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// How many entries went to make room. Errors, which leave everything as it was: kFull (the disk, or a batch of more
  /// than half of size_cap), kFailed; kClosed; kLimit (too many calls wait for the store thread).
  Task<Result<std::size_t>> write(Batch batch);
  /// That the file had when it was opened; what is to be done about an older one is its owner's affair.
  std::uint32_t version() const noexcept { return version_; }
  /// The whole table. Errors: kFailed; kClosed; kLimit.
  Task<Result<Contents>> scan(TableId table);
  /// Closes the file and lets others have it. What comes later gets kClosed.
  Task<void> close();

 private:
  Database(Loop& loop, WorkerPool& store_thread, std::unique_ptr<LmdbFile> file);

  Loop& loop_;
  WorkerPool& store_thread_;
  std::unique_ptr<LmdbFile> file_;
  std::uint32_t version_;
};

}  // namespace opwire::store
