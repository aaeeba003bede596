#include "opwire/store/archive_file.hpp"

#include <algorithm>

#include "opwire/store/archive_marks.hpp"
#include "opwire/store/archive_record.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/lmdb_error.hpp"
#include "opwire/store/sealed_value.hpp"

namespace opwire::store {
namespace {

constexpr const char* kMarks = "opwire.archive";
constexpr const char* kBlocks = "blocks";
constexpr const char* kHashes = "hashes";
constexpr unsigned kTables = 3;

std::uint64_t oldest_allowed(WallTime now, std::chrono::seconds max_age) noexcept {
  const std::uint64_t seconds = unix_seconds(std::max(now, WallTime{}));
  const auto age = static_cast<std::uint64_t>(std::max<std::int64_t>(max_age.count(), 0));
  return seconds - std::min(seconds, age);
}

// What is beyond the bounds goes, and a little more, so that not every write has to erase as well.
class Excess {
 public:
  Excess(const ArchiveBounds& bounds, std::optional<WallTime> now, std::uint64_t count, std::uint64_t bytes) noexcept {
    constexpr std::uint64_t kStep = ArchiveFile::kStepRecords;
    if (count > bounds.max_count) count_ = bounds.max_count - std::min(bounds.max_count / 16, kStep - 1);
    if (bytes > bounds.max_bytes) bytes_ = bounds.max_bytes - bounds.max_bytes / 64;
    if (now) oldest_ = oldest_allowed(*now, bounds.max_age);
  }
  bool takes(ByteView sealed, std::uint64_t count, std::uint64_t bytes) const noexcept {
    return count > count_ || bytes > bytes_ || payload_timestamp(record_of(sealed)).value_or(0) < oldest_;
  }

 private:
  std::uint64_t count_ = ~std::uint64_t{0};
  std::uint64_t bytes_ = ~std::uint64_t{0};
  std::uint64_t oldest_ = 0;
};

}  // namespace

std::uint64_t ArchiveFile::map_size(const std::filesystem::path& path, std::uint64_t max_bytes) noexcept {
  // For what the last two transactions replaced and erased, and what a reader keeps meanwhile. It is also the most that
  // the file grows to, whatever a reader does that does not end.
  const std::uint64_t slack = (std::uint64_t{128} << 20) + max_bytes / 8;
  constexpr std::uint64_t kPage = 65536;
  std::error_code ignored;
  const std::uintmax_t size = std::filesystem::file_size(path, ignored);
  // One that was larger must be able to shrink, for which pages are copied.
  const std::uint64_t held = ignored ? 0 : size + (std::uint64_t{64} << 20);
  return std::max(max_bytes + slack, held) / kPage * kPage;
}

Result<void> ArchiveFile::create(const std::filesystem::path& path, ChainId chain) {
  // Nobody else knows of this file yet.
  OPW_TRY(LmdbEnv env, lmdb_open(path, {1 << 20, kTables, MDB_NOLOCK}));
  OPW_TRY(LmdbTxn txn, lmdb_begin(env.get(), 0));
  MDB_dbi marks = 0;
  MDB_dbi other = 0;
  OPW_TRYV(lmdb_check(mdb_dbi_open(txn.get(), kMarks, MDB_CREATE, &marks)));
  OPW_TRYV(lmdb_check(mdb_dbi_open(txn.get(), kBlocks, MDB_CREATE, &other)));
  OPW_TRYV(lmdb_check(mdb_dbi_open(txn.get(), kHashes, MDB_CREATE, &other)));
  OPW_TRYV(put_archive_marks(txn.get(), marks, chain));
  return lmdb_commit(std::move(txn));
}

Result<std::unique_ptr<ArchiveFile>> ArchiveFile::open(const std::filesystem::path& path, Mode mode,
                                                       std::uint64_t max_bytes) {
  // Look-ups are here and there: what lies beside is of no use.
  const unsigned flags = MDB_NORDAHEAD | (mode == Mode::kReader ? MDB_RDONLY : 0u);
  OPW_TRY(LmdbEnv env, lmdb_open(path, {map_size(path, max_bytes), kTables, flags}));
  std::unique_ptr<ArchiveFile> file(new ArchiveFile(std::move(env)));
  OPW_TRYV(file->remove_dead_readers());
  OPW_TRYV(file->open_tables());
  return file;
}

Result<void> ArchiveFile::open_tables() {
  OPW_TRY(LmdbTxn txn, lmdb_begin(env_.get(), MDB_RDONLY));
  if (mdb_dbi_open(txn.get(), kMarks, 0, &marks_) != 0) return Error(errors::kDamaged, "no mark of ours");
  OPW_TRY(chain_, check_archive_marks(txn.get(), marks_));
  for (const auto& [name, table] : {std::pair(kBlocks, &blocks_), std::pair(kHashes, &hashes_)}) {
    if (mdb_dbi_open(txn.get(), name, 0, table) != 0) return Error(errors::kDamaged, "a table is missing");
  }
  OPW_TRYV(read_archive_state(txn.get(), marks_));
  return lmdb_commit(std::move(txn));  // keeps the tables' handles
}

Result<std::uint64_t> ArchiveFile::used_bytes(MDB_txn* txn) const {
  std::uint64_t bytes = 0;
  for (const MDB_dbi table : {blocks_, hashes_}) {
    OPW_TRY(const MDB_stat stat, stat_of(txn, table));
    bytes += stat.ms_psize * std::uint64_t{stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages};
  }
  return bytes;
}

Result<ArchiveExtent> ArchiveFile::extent() {
  OPW_TRY(MDB_txn* const txn, begin_read());
  const ArchiveSnapshot snapshot(txn);
  ArchiveExtent extent;
  OPW_TRY(const MDB_stat stat, stat_of(txn, blocks_));
  extent.count = stat.ms_entries;
  OPW_TRY(const ArchiveState now, read_archive_state(txn, marks_));
  extent.head = now.head;
  OPW_TRY(extent.bytes, used_bytes(txn));
  OPW_TRY(const LmdbCursor cursor, lmdb_cursor(txn, blocks_));
  OPW_TRY(const auto first, move(cursor.get(), MDB_FIRST));
  if (!first) return extent;
  extent.lowest = number_of(first->first);
  OPW_TRY(const auto last, move(cursor.get(), MDB_LAST));
  extent.highest = number_of(last->first);
  extent.highest_signed = now.highest_signed;
  return extent;
}

Result<void> ArchiveFile::write(std::span<const PayloadPtr> payloads, const std::optional<opstack::BlockId>& head) {
  OPW_CHECK(payloads.size() <= kStepRecords);
  Result<void> written = write_once(payloads, head);
  if (written || !written.error().is(errors::kFull)) return written;
  OPW_TRY(const int dead, remove_dead_readers());
  return dead > 0 ? write_once(payloads, head) : written;
}

// Those whose processes were killed: their snapshots keep pages that nobody reads.
Result<int> ArchiveFile::remove_dead_readers() {
  int dead = 0;
  OPW_TRYV(lmdb_check(mdb_reader_check(env_.get(), &dead)));
  return dead;
}

Result<void> ArchiveFile::write_once(std::span<const PayloadPtr> payloads,
                                     const std::optional<opstack::BlockId>& head) {
  OPW_TRY(LmdbTxn txn, lmdb_begin(env_.get(), 0));
  OPW_TRY(ArchiveState now, read_archive_state(txn.get(), marks_));
  for (const PayloadPtr& payload : payloads) OPW_TRYV(put(txn.get(), *payload, now));
  if (head) now.head = head;
  OPW_TRYV(put_archive_state(txn.get(), marks_, now));
  return lmdb_commit(std::move(txn));
}

Result<void> ArchiveFile::put(MDB_txn* txn, const ArchivedPayload& payload, ArchiveState& state) {
  OPW_TRY(const bool place, make_place(txn, payload));
  if (!place) return {};
  const ArchiveKey key = archive_key(payload.number, payload.hash);
  OPW_TRYV(lmdb_put(txn, blocks_, key, seal_value(key, state.next_arrival++, encode_payload(payload))));
  ByteArray<8> number;
  store_le(number.data(), payload.number.value);
  OPW_TRYV(lmdb_put(txn, hashes_, payload.hash.view(), number));
  if (payload.kind == PayloadKind::kSigned) {
    state.highest_signed = std::max(state.highest_signed.value_or(payload.number), payload.number);
  }
  return {};
}

// False when it is not to be put: the same is there, as good as this one; or as many as may be of this number, each of
// them better.
Result<bool> ArchiveFile::make_place(MDB_txn* txn, const ArchivedPayload& payload) {
  OPW_TRY(const std::vector<StoredRecord> there, find(txn, payload.number));
  const bool is_signed = payload.kind == PayloadKind::kSigned;
  const ArchiveKey key = archive_key(payload.number, payload.hash);
  for (const StoredRecord& found : there) {
    if (!equal(found.key, key)) continue;
    return (is_signed && !found.is_signed) || !open_record(key, found.sealed, page_size_of(env_.get()));
  }
  if (there.size() < kMaxAtNumber) return true;
  if (there.back().is_signed && !is_signed) return false;
  const Bytes last = to_bytes(there.back().key);  // it lies in a page that changes
  OPW_TRYV(erase(txn, last));
  return true;
}

Result<void> ArchiveFile::erase(MDB_txn* txn, ByteView key) {
  const BlockNumber number = number_of(key);
  const Hash256 hash = hash_of(key);
  OPW_TRYV(lmdb_erase(txn, blocks_, key));
  OPW_TRY(const auto named, get(txn, hashes_, hash.view()));
  if (!named || named->size() != 8 || load_le<std::uint64_t>(named->data()) != number.value) return {};
  return lmdb_erase(txn, hashes_, hash.view());
}

Result<std::size_t> ArchiveFile::prune(const ArchiveBounds& bounds, std::optional<WallTime> now) {
  if (now) OPW_TRYV(remove_dead_readers());
  OPW_TRY(LmdbTxn txn, lmdb_begin(env_.get(), 0));
  OPW_TRY(LmdbCursor cursor, lmdb_cursor(txn.get(), blocks_));
  OPW_TRY(const auto last, move(cursor.get(), MDB_LAST));
  if (!last) return std::size_t{0};
  const BlockNumber highest = number_of(last->first);
  OPW_TRY(const MDB_stat stat, stat_of(txn.get(), blocks_));
  OPW_TRY(const std::uint64_t before, used_bytes(txn.get()));
  const Excess excess(bounds, now, stat.ms_entries, before);

  std::size_t gone = 0;
  for (std::uint64_t used = before; gone < kStepRecords && before - std::min(used, before) < 4 * kStepBytes; ++gone) {
    OPW_TRY(const auto first, move(cursor.get(), MDB_FIRST));
    if (!first || number_of(first->first) == highest) break;
    if (!excess.takes(first->second, stat.ms_entries - gone, used)) break;
    const Bytes key = to_bytes(first->first);  // it lies in a page that changes
    OPW_TRYV(erase(txn.get(), key));
    OPW_TRY(used, used_bytes(txn.get()));
  }
  if (gone == 0) return gone;
  OPW_TRY(const auto first, move(cursor.get(), MDB_FIRST));
  OPW_TRY(ArchiveState changed, read_archive_state(txn.get(), marks_));
  if (first && changed.highest_signed && *changed.highest_signed < number_of(first->first)) {
    changed.highest_signed.reset();
    OPW_TRYV(put_archive_state(txn.get(), marks_, changed));
  }
  cursor.reset();  // the transaction's end would close it
  OPW_TRYV(lmdb_commit(std::move(txn)));
  return gone;
}

}  // namespace opwire::store
