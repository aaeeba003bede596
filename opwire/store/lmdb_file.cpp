#include "opwire/store/lmdb_file.hpp"

#include "opwire/store/errors.hpp"
#include "opwire/store/lmdb_error.hpp"
#include "opwire/store/lmdb_prune.hpp"
#include "opwire/store/sealed_value.hpp"

namespace opwire::store {
namespace {

// The table that marks a file as ours: its format, and which tables there are, since one whose name was changed would
// otherwise be begun anew without a word.
constexpr const char* kMarks = "opwire";
constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kVersionKey = "version";
constexpr std::string_view kTableKey = "table ";  // and the name; no value
/// Of sealed values and of how tables are used; what a table's values mean is told by themselves.
constexpr std::uint32_t kFormat = 1;
constexpr std::uint64_t kSlack = 1 << 20;

const Bytes* find_mark(const Contents& marked, std::string_view key) noexcept {
  for (const Entry& entry : marked.entries) {
    if (as_text(entry.key) == key) return &entry.value;
  }
  return nullptr;
}

std::optional<std::uint32_t> number_in(const Contents& marked, std::string_view key) noexcept {
  const Bytes* value = find_mark(marked, key);
  if (value == nullptr || value->size() != sizeof(std::uint32_t)) return std::nullopt;
  return load_le<std::uint32_t>(value->data());
}

Result<void> put_mark(MDB_txn* txn, MDB_dbi marks, std::string_view key, std::optional<std::uint32_t> value) {
  ByteArray<sizeof(std::uint32_t)> bytes;
  if (value) store_le(bytes.data(), *value);
  return lmdb_put(txn, marks, as_bytes(key), seal_value(as_bytes(key), 0, value ? ByteView(bytes) : ByteView()));
}

/// The version.
Result<std::uint32_t> check_marks(const Contents& marked, std::uint32_t newest) {
  const Error damaged(errors::kDamaged, "mark");
  const auto format = number_in(marked, kFormatKey);
  if (!marked.damaged.empty() || !format) return damaged;
  if (*format > kFormat) return Error(errors::kNewerFormat);
  if (*format < kFormat) return damaged;
  if (find_mark(marked, kVersionKey) == nullptr) return std::uint32_t{1};
  const auto version = number_in(marked, kVersionKey);
  if (!version) return damaged;
  if (*version > newest) return Error(errors::kNewerFormat);
  return *version;
}

}  // namespace

std::uint64_t LmdbFile::map_size(const DatabaseOptions& options) noexcept {
  // Pages that the last transaction and the present one replace are not free yet: each may have replaced all.
  constexpr std::uint64_t kPage = 65536;
  return (3 * options.size_cap + kSlack) / kPage * kPage;
}

Result<LmdbEnv> LmdbFile::open_env(const std::filesystem::path& path, const DatabaseOptions& options, unsigned flags) {
  // Our own lock instead of LMDB's.
  return lmdb_open(path, {map_size(options), static_cast<unsigned>(options.tables.size() + 1), flags | MDB_NOLOCK});
}

Result<void> LmdbFile::create(const std::filesystem::path& path, const DatabaseOptions& options) {
  OPW_TRY(LmdbEnv env, open_env(path, options, 0));
  LmdbFile file(std::move(env), options.size_cap);
  OPW_TRY(LmdbTxn txn, file.begin(0));
  OPW_TRYV(lmdb_check(mdb_dbi_open(txn.get(), kMarks, MDB_CREATE, &file.marks_)));
  OPW_TRYV(put_mark(txn.get(), file.marks_, kFormatKey, kFormat));
  OPW_TRYV(put_mark(txn.get(), file.marks_, kVersionKey, options.version));
  return lmdb_commit(std::move(txn));
}

Result<std::unique_ptr<LmdbFile>> LmdbFile::open(const std::filesystem::path& path, const DatabaseOptions& options) {
  return open(path, options, 0);
}

Result<std::unique_ptr<LmdbFile>> LmdbFile::open_to_read(const std::filesystem::path& path,
                                                         const DatabaseOptions& options) {
  return open(path, options, MDB_RDONLY);
}

Result<std::unique_ptr<LmdbFile>> LmdbFile::open(const std::filesystem::path& path, const DatabaseOptions& options,
                                                 unsigned flags) {
  OPW_TRY(LmdbEnv env, open_env(path, options, flags));
  std::unique_ptr<LmdbFile> file(new LmdbFile(std::move(env), options.size_cap));
  OPW_TRYV(file->open_tables(options, flags));
  return file;
}

Result<void> LmdbFile::open_tables(const DatabaseOptions& options, unsigned flags) {
  OPW_TRY(LmdbTxn txn, begin(flags));
  if (mdb_dbi_open(txn.get(), kMarks, 0, &marks_) != 0) return Error(errors::kDamaged, "no mark of ours");
  OPW_TRY(const Contents marked, scan(txn.get(), marks_));
  OPW_TRY(version_, check_marks(marked, options.version));
  for (const TableOptions& wanted : options.tables) {
    const bool is_there = find_mark(marked, std::string(kTableKey) + wanted.name) != nullptr;
    if (is_there || flags != MDB_RDONLY) {
      OPW_TRYV(open_table(txn.get(), wanted, is_there));
    } else {
      tables_.push_back({wanted, std::nullopt});
    }
  }
  return lmdb_commit(std::move(txn));
}

Result<void> LmdbFile::open_table(MDB_txn* txn, const TableOptions& wanted, bool is_there) {
  MDB_dbi id = 0;
  const int code = mdb_dbi_open(txn, wanted.name.c_str(), is_there ? 0 : MDB_CREATE, &id);
  if (code == MDB_NOTFOUND) return Error(errors::kDamaged, "a table is missing");
  OPW_TRYV(lmdb_check(code));
  tables_.push_back({wanted, id});
  if (is_there) return {};
  return put_mark(txn, marks_, std::string(kTableKey) + wanted.name, std::nullopt);
}

Result<void> LmdbFile::apply(MDB_txn* txn, MDB_dbi table, const Batch::Change& change) {
  if (!change.sealed.empty()) return lmdb_put(txn, table, change.key, change.sealed);
  return lmdb_erase(txn, table, change.key);
}

Result<std::size_t> LmdbFile::write(const Batch& batch) {
  if (batch.bytes_ > size_cap_ / 2) return Error(errors::kFull, "batch is too large");
  OPW_TRY(std::size_t gone, make_room(batch.bytes_));
  OPW_TRY(LmdbTxn txn, begin(0));
  for (const Batch::Change& change : batch.changes_) {
    OPW_CHECK(change.table < tables_.size());
    OPW_TRYV(apply(txn.get(), *tables_[change.table].id, change));
  }
  if (batch.version_) OPW_TRYV(put_mark(txn.get(), marks_, kVersionKey, batch.version_));
  for (const Table& table : tables_) {
    MDB_stat stat;
    OPW_TRYV(lmdb_check(mdb_stat(txn.get(), *table.id, &stat)));
    const std::size_t most = table.options.max_entries;
    if (stat.ms_entries <= most) continue;
    // A few more than are too many, so that not each batch looks through the whole table.
    OPW_TRY(const std::size_t pruned, prune(txn.get(), *table.id, stat.ms_entries - most + most / 32, 0));
    gone += pruned;
  }
  OPW_TRYV(lmdb_commit(std::move(txn)));
  return gone;
}

Result<std::uint64_t> LmdbFile::used_bytes(MDB_txn* txn, const Table& table) {
  MDB_stat stat;
  OPW_TRYV(lmdb_check(mdb_stat(txn, *table.id, &stat)));
  return stat.ms_psize * std::uint64_t{stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages};
}

// In a transaction of its own, so that what a batch has to copy does not come on top.
Result<std::size_t> LmdbFile::make_room(std::size_t bytes) {
  OPW_TRY(LmdbTxn txn, begin(0));
  std::uint64_t used = bytes;
  std::uint64_t most = 0;
  const Table* largest = nullptr;
  for (const Table& table : tables_) {
    OPW_TRY(const std::uint64_t size, used_bytes(txn.get(), table));
    used += size;
    if (size >= most) {
      largest = &table;
      most = size;
    }
  }
  if (used <= size_cap_ || largest == nullptr) return std::size_t{0};
  OPW_TRY(const std::size_t gone, prune(txn.get(), *largest->id, 0, used - size_cap_ + size_cap_ / 16));
  OPW_TRYV(lmdb_commit(std::move(txn)));
  return gone;
}

Result<Contents> LmdbFile::scan(TableId table) {
  OPW_CHECK(table < tables_.size());
  if (!tables_[table].id) return Contents();
  OPW_TRY(LmdbTxn txn, begin(MDB_RDONLY));
  return scan(txn.get(), *tables_[table].id);
}

Result<Contents> LmdbFile::scan(MDB_txn* txn, MDB_dbi table) {
  OPW_TRY(const LmdbCursor cursor, lmdb_cursor(txn, table));
  Contents contents;
  MDB_val key, value;
  int code = 0;
  while ((code = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT)) == 0) {
    const auto opened = open_value(lmdb_view(key), lmdb_view(value));
    if (opened) {
      contents.entries.push_back({to_bytes(lmdb_view(key)), opened->rank, to_bytes(opened->bytes)});
    } else {
      contents.damaged.push_back(to_bytes(lmdb_view(key)));
    }
  }
  if (code != MDB_NOTFOUND) return lmdb_error(code);
  return contents;
}

}  // namespace opwire::store
