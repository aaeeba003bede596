// The archive's keys and records as they lie in its tables, and how they are reached: for archive_file.hpp alone.
#pragma once

#include <optional>
#include <utility>

#include "opwire/store/archived_payload.hpp"
#include "opwire/store/lmdb_env.hpp"

namespace opwire::store {

/// Number (8, big endian) and hash: so a table is in the order of numbers.
using ArchiveKey = ByteArray<8 + Hash256::kSize>;

ArchiveKey archive_key(BlockNumber number, const Hash256& hash) noexcept;
BlockNumber number_of(ByteView key) noexcept;
Hash256 hash_of(ByteView key) noexcept;

/// Errors: kBadValue: it is not what was sealed under that key.
Result<ArchivedPayload> open_record(ByteView key, ByteView sealed, std::size_t page_size);
/// Without a look at the seal.
ByteView record_of(ByteView sealed) noexcept;

/// A record where it lies, until its transaction ends or writes.
struct StoredRecord {
  explicit StoredRecord(ByteView its_key, ByteView its_value) noexcept;
  bool is_preferred_to(const StoredRecord& other) const noexcept {
    return is_signed != other.is_signed ? is_signed : arrival > other.arrival;
  }

  ByteView key;
  ByteView sealed;
  bool is_signed;
  std::uint64_t arrival;
};

/// A reader's snapshot. It ends with this, and soon: the pages that it needs cannot be used again before.
class ArchiveSnapshot {
 public:
  explicit ArchiveSnapshot(MDB_txn* txn) : txn_(txn) {}
  ~ArchiveSnapshot() { mdb_txn_reset(txn_); }
  ArchiveSnapshot(const ArchiveSnapshot&) = delete;
  ArchiveSnapshot& operator=(const ArchiveSnapshot&) = delete;
  MDB_txn* get() const noexcept { return txn_; }

 private:
  MDB_txn* txn_;
};

/// In the table of blocks: what the cursor came to, or nothing at the end.
using ArchivePlace = std::optional<std::pair<ByteView, ByteView>>;
Result<ArchivePlace> move(MDB_cursor* cursor, MDB_cursor_op how, ByteView to = {});
Result<std::optional<ByteView>> get(MDB_txn* txn, MDB_dbi table, ByteView key);
Result<MDB_stat> stat_of(MDB_txn* txn, MDB_dbi table);
std::size_t page_size_of(MDB_env* env) noexcept;

}  // namespace opwire::store
