// The part of ArchiveFile that reads.
#include <algorithm>

#include "opwire/store/archive_file.hpp"
#include "opwire/store/archive_record.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/lmdb_error.hpp"

namespace opwire::store {

Result<MDB_txn*> ArchiveFile::begin_read() {
  const auto begin = [this]() -> int {
    if (read_) return mdb_txn_renew(read_.get());
    MDB_txn* txn = nullptr;
    const int code = mdb_txn_begin(env_.get(), nullptr, MDB_RDONLY, &txn);
    read_.reset(txn);
    return code;
  };
  int code = begin();
  if (code == MDB_MAP_RESIZED) {  // the writer's file has outgrown this reader's map
    OPW_TRYV(lmdb_check(mdb_env_set_mapsize(env_.get(), 0)));
    code = begin();
  }
  OPW_TRYV(lmdb_check(code));
  return read_.get();
}

Result<std::vector<StoredRecord>> ArchiveFile::find(MDB_txn* txn, BlockNumber number) const {
  OPW_TRY(const LmdbCursor cursor, lmdb_cursor(txn, blocks_));
  const ArchiveKey from = archive_key(number, Hash256{});
  std::vector<StoredRecord> found;
  OPW_TRY(auto place, move(cursor.get(), MDB_SET_RANGE, from));
  while (place && number_of(place->first) == number) {
    found.emplace_back(place->first, place->second);
    OPW_TRY(place, move(cursor.get(), MDB_NEXT));
  }
  std::sort(found.begin(), found.end(),
            [](const StoredRecord& a, const StoredRecord& b) { return a.is_preferred_to(b); });
  return found;
}

Result<std::optional<ArchivedPayload>> ArchiveFile::by_number(BlockNumber number) {
  OPW_TRY(MDB_txn* const txn, begin_read());
  const ArchiveSnapshot snapshot(txn);
  OPW_TRY(const std::vector<StoredRecord> found, find(txn, number));
  std::optional<Error> damaged;
  for (const StoredRecord& each : found) {
    Result<ArchivedPayload> payload = open_record(each.key, each.sealed, page_size_of(env_.get()));
    if (payload) return std::optional(std::move(*payload));
    if (!damaged) damaged = payload.error();
  }
  if (damaged) return *damaged;
  return std::optional<ArchivedPayload>();
}

Result<std::vector<ArchivedPayload>> ArchiveFile::all_by_number(BlockNumber number) {
  OPW_TRY(MDB_txn* const txn, begin_read());
  const ArchiveSnapshot snapshot(txn);
  OPW_TRY(const std::vector<StoredRecord> found, find(txn, number));
  std::vector<ArchivedPayload> payloads;
  std::optional<Error> damaged;
  for (const StoredRecord& each : found) {
    Result<ArchivedPayload> payload = open_record(each.key, each.sealed, page_size_of(env_.get()));
    if (payload) {
      payloads.push_back(std::move(*payload));
    } else {
      damaged = payload.error();
    }
  }
  if (damaged && payloads.empty()) return *damaged;
  return payloads;
}

Result<std::vector<Hash256>> ArchiveFile::hashes_at(BlockNumber number) {
  OPW_TRY(MDB_txn* const txn, begin_read());
  const ArchiveSnapshot snapshot(txn);
  OPW_TRY(const std::vector<StoredRecord> found, find(txn, number));
  std::vector<Hash256> hashes;
  for (const StoredRecord& each : found) hashes.push_back(hash_of(each.key));
  return hashes;
}

Result<std::optional<ArchivedPayload>> ArchiveFile::by_hash(const Hash256& hash) {
  OPW_TRY(MDB_txn* const txn, begin_read());
  const ArchiveSnapshot snapshot(txn);
  OPW_TRY(const auto named, get(txn, hashes_, hash.view()));
  if (!named) return std::optional<ArchivedPayload>();
  if (named->size() != 8) return Error(errors::kBadValue, "number");
  const ArchiveKey key = archive_key(BlockNumber{load_le<std::uint64_t>(named->data())}, hash);
  OPW_TRY(const auto sealed, get(txn, blocks_, key));
  // Both are written and erased together.
  if (!sealed) return Error(errors::kBadValue, "number");
  OPW_TRY(ArchivedPayload payload, open_record(key, *sealed, page_size_of(env_.get())));
  return std::optional(std::move(payload));
}

Result<std::vector<ArchiveEntry>> ArchiveFile::some(BlockNumber from, const ArchiveEntry* after, BlockNumber to) {
  OPW_TRY(MDB_txn* const txn, begin_read());
  const ArchiveSnapshot snapshot(txn);
  OPW_TRY(const LmdbCursor cursor, lmdb_cursor(txn, blocks_));
  const ArchiveKey begin = after != nullptr ? archive_key(after->number, after->hash) : archive_key(from, Hash256{});
  std::vector<ArchiveEntry> entries;
  std::size_t bytes = 0;
  OPW_TRY(auto place, move(cursor.get(), MDB_SET_RANGE, begin));
  if (place && after != nullptr && equal(place->first, begin)) {
    OPW_TRY(place, move(cursor.get(), MDB_NEXT));
  }
  while (place && number_of(place->first) <= to && entries.size() < kStepRecords && bytes < kStepBytes) {
    const auto& [key, sealed] = *place;
    bytes += sealed.size();
    entries.push_back({number_of(key), hash_of(key), open_record(key, sealed, page_size_of(env_.get()))});
    OPW_TRY(place, move(cursor.get(), MDB_NEXT));
  }
  return entries;
}

}  // namespace opwire::store
