#include "opwire/store/archive_file.hpp"

#include <algorithm>

#include "opwire/store/archive_marks.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/lmdb_error.hpp"
#include "opwire/store/page_format.hpp"
#include "opwire/store/sealed_value.hpp"

namespace opwire::store {
namespace {

constexpr const char* kMarks = "opwire.archive";
constexpr const char* kBlocks = "blocks";
constexpr const char* kHashes = "hashes";
constexpr unsigned kTables = 3;

constexpr std::size_t kKeySize = 8 + Hash256::kSize;
using Key = ByteArray<kKeySize>;

Key key_of(BlockNumber number, const Hash256& hash) noexcept {
  Key key;
  store_be(key.data(), number.value);
  std::memcpy(key.data() + 8, hash.bytes.data(), Hash256::kSize);
  return key;
}
BlockNumber number_of(ByteView key) noexcept {
  return BlockNumber{load_be<std::uint64_t>(key.data())};
}
Hash256 hash_of(ByteView key) noexcept {
  Hash256 hash;
  std::memcpy(hash.bytes.data(), key.data() + 8, Hash256::kSize);
  return hash;
}

// LMDB takes a value's size as it finds it. Where the value has pages of its own, they begin with how many they are.
bool lies_within_its_pages(ByteView value, std::size_t page_size) noexcept {
  const auto at = reinterpret_cast<std::uintptr_t>(value.data()) % page_size;
  if (at + value.size() <= page_size) return true;
  if (at != page::kHeaderSize) return false;
  const page::Header header(value.data() - page::kHeaderSize);
  return header.flags == page::kOverflow && value.size() <= header.overflow_pages * page_size - page::kHeaderSize;
}

Result<ArchivedPayload> open_record(ByteView key, ByteView sealed, std::size_t page_size) {
  if (!lies_within_its_pages(sealed, page_size)) return Error(errors::kBadValue, "size");
  const auto opened = open_value(key, sealed);
  if (!opened) return Error(errors::kBadValue, "seal");
  OPW_TRY(ArchivedPayload payload, parse_payload(opened->bytes));
  if (key_of(payload.number, payload.hash) != key_of(number_of(key), hash_of(key))) {
    return Error(errors::kBadValue, "another block's");
  }
  return payload;
}

ByteView record_of(ByteView sealed) noexcept {
  return sealed.subspan(std::min(sealed.size(), kSealSize));
}

Result<MDB_stat> stat_of(MDB_txn* txn, MDB_dbi table) {
  MDB_stat stat;
  OPW_TRYV(lmdb_check(mdb_stat(txn, table, &stat)));
  return stat;
}

std::size_t page_size(MDB_env* env) noexcept {
  MDB_stat stat{};
  (void)mdb_env_stat(env, &stat);  // fails without an environment only
  return stat.ms_psize;
}

std::uint64_t oldest_allowed(WallTime now, std::chrono::seconds max_age) noexcept {
  const std::uint64_t seconds = unix_seconds(std::max(now, WallTime{}));
  const auto age = static_cast<std::uint64_t>(std::max<std::int64_t>(max_age.count(), 0));
  return seconds - std::min(seconds, age);
}

// What the cursor came to; nothing at the end.
Result<std::optional<std::pair<ByteView, ByteView>>> move(MDB_cursor* cursor, MDB_cursor_op how, ByteView to = {}) {
  using Place = std::optional<std::pair<ByteView, ByteView>>;
  MDB_val key = lmdb_val(to);
  MDB_val value{};
  const int code = mdb_cursor_get(cursor, &key, &value, how);
  if (code == MDB_NOTFOUND) return Place();
  OPW_TRYV(lmdb_check(code));
  if (key.mv_size != kKeySize) return Error(errors::kFailed, "size of a key");
  return Place({lmdb_view(key), lmdb_view(value)});
}

Result<std::optional<ByteView>> get(MDB_txn* txn, MDB_dbi table, ByteView key_bytes) {
  MDB_val key = lmdb_val(key_bytes);
  MDB_val value{};
  const int code = mdb_get(txn, table, &key, &value);
  if (code == MDB_NOTFOUND) return std::optional<ByteView>();
  OPW_TRYV(lmdb_check(code));
  return std::optional<ByteView>(lmdb_view(value));
}

}  // namespace

// A record where it lies, until its transaction ends.
struct ArchiveFile::Found {
  ByteView key;
  ByteView sealed;
  bool is_signed = false;
  std::uint64_t arrival = 0;

  bool is_preferred_to(const Found& other) const noexcept {
    return is_signed != other.is_signed ? is_signed : arrival > other.arrival;
  }
};

// A snapshot. It ends with this, and soon: the pages that it needs cannot be used again before.
class ArchiveFile::Reading {
 public:
  explicit Reading(MDB_txn* txn) : txn_(txn) {}
  ~Reading() { mdb_txn_reset(txn_); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  MDB_txn* get() const noexcept { return txn_; }

 private:
  MDB_txn* txn_;
};

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
  OPW_TRYV(state(txn.get()));
  return lmdb_commit(std::move(txn));  // keeps the tables' handles
}

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

Result<ArchiveFile::State> ArchiveFile::state(MDB_txn* txn) const {
  OPW_TRY(const ArchiveMarkedState marked, read_archive_state(txn, marks_));
  State state{marked.next_arrival, {}};
  if (marked.has_signed) state.highest_signed = marked.highest_signed;
  return state;
}

Result<void> ArchiveFile::put_state(MDB_txn* txn, const State& state) const {
  const ArchiveMarkedState marked{state.next_arrival, state.highest_signed.has_value(),
                                  state.highest_signed.value_or(BlockNumber{})};
  return put_archive_state(txn, marks_, marked);
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
  const Reading reading(txn);
  ArchiveExtent extent;
  OPW_TRY(const MDB_stat stat, stat_of(txn, blocks_));
  extent.count = stat.ms_entries;
  OPW_TRY(extent.bytes, used_bytes(txn));
  OPW_TRY(const LmdbCursor cursor, lmdb_cursor(txn, blocks_));
  OPW_TRY(const auto first, move(cursor.get(), MDB_FIRST));
  if (!first) return extent;
  extent.lowest = number_of(first->first);
  OPW_TRY(const auto last, move(cursor.get(), MDB_LAST));
  extent.highest = number_of(last->first);
  OPW_TRY(const State now, state(txn));
  extent.highest_signed = now.highest_signed;
  return extent;
}

Result<void> ArchiveFile::write(std::span<const PayloadPtr> payloads) {
  OPW_CHECK(payloads.size() <= kStepRecords);
  Result<void> written = write_once(payloads);
  if (written || !written.error().is(errors::kFull)) return written;
  OPW_TRY(const int dead, remove_dead_readers());
  return dead > 0 ? write_once(payloads) : written;
}

// Those whose processes were killed: their snapshots keep pages that nobody reads.
Result<int> ArchiveFile::remove_dead_readers() {
  int dead = 0;
  OPW_TRYV(lmdb_check(mdb_reader_check(env_.get(), &dead)));
  return dead;
}

Result<void> ArchiveFile::write_once(std::span<const PayloadPtr> payloads) {
  OPW_TRY(LmdbTxn txn, lmdb_begin(env_.get(), 0));
  OPW_TRY(State now, state(txn.get()));
  for (const PayloadPtr& payload : payloads) OPW_TRYV(put(txn.get(), *payload, now));
  OPW_TRYV(put_state(txn.get(), now));
  return lmdb_commit(std::move(txn));
}

Result<void> ArchiveFile::put(MDB_txn* txn, const ArchivedPayload& payload, State& state) {
  OPW_TRY(const bool place, make_place(txn, payload));
  if (!place) return {};
  const Key key = key_of(payload.number, payload.hash);
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
  OPW_TRY(const std::vector<Found> there, find(txn, payload.number));
  const bool is_signed = payload.kind == PayloadKind::kSigned;
  const Key key = key_of(payload.number, payload.hash);
  for (const Found& found : there) {
    if (!equal(found.key, key)) continue;
    return (is_signed && !found.is_signed) || !open_record(key, found.sealed, page_size(env_.get()));
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
  // A little below the bounds, so that not every write has to erase as well.
  const bool many = stat.ms_entries > bounds.max_count;
  const bool large = before > bounds.max_bytes;
  const std::uint64_t count = bounds.max_count - std::min<std::uint64_t>(bounds.max_count / 16, kStepRecords - 1);
  const std::uint64_t bytes = bounds.max_bytes - bounds.max_bytes / 64;
  const std::uint64_t oldest = now ? oldest_allowed(*now, bounds.max_age) : 0;

  std::size_t gone = 0;
  for (std::uint64_t used = before; gone < kStepRecords && before - std::min(used, before) < 4 * kStepBytes; ++gone) {
    OPW_TRY(const auto first, move(cursor.get(), MDB_FIRST));
    if (!first || number_of(first->first) == highest) break;
    const auto timestamp = payload_timestamp(record_of(first->second));
    const bool old = timestamp.value_or(0) < oldest;
    if (!old && !(many && stat.ms_entries - gone > count) && !(large && used > bytes)) break;
    const Bytes key = to_bytes(first->first);  // it lies in a page that changes
    OPW_TRYV(erase(txn.get(), key));
    OPW_TRY(used, used_bytes(txn.get()));
  }
  if (gone == 0) return gone;
  OPW_TRY(const auto first, move(cursor.get(), MDB_FIRST));
  OPW_TRY(State changed, state(txn.get()));
  if (first && changed.highest_signed && *changed.highest_signed < number_of(first->first)) {
    changed.highest_signed.reset();
    OPW_TRYV(put_state(txn.get(), changed));
  }
  cursor.reset();  // the transaction's end would close it
  OPW_TRYV(lmdb_commit(std::move(txn)));
  return gone;
}

Result<std::vector<ArchiveFile::Found>> ArchiveFile::find(MDB_txn* txn, BlockNumber number) const {
  OPW_TRY(const LmdbCursor cursor, lmdb_cursor(txn, blocks_));
  const Key from = key_of(number, Hash256{});
  std::vector<Found> found;
  OPW_TRY(auto place, move(cursor.get(), MDB_SET_RANGE, from));
  while (place && number_of(place->first) == number) {
    const auto& [key, sealed] = *place;
    found.push_back({key, sealed, payload_kind(record_of(sealed)) == PayloadKind::kSigned, rank_of(sealed)});
    OPW_TRY(place, move(cursor.get(), MDB_NEXT));
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.is_preferred_to(b); });
  return found;
}

Result<std::optional<ArchivedPayload>> ArchiveFile::by_number(BlockNumber number) {
  OPW_TRY(MDB_txn* const txn, begin_read());
  const Reading reading(txn);
  OPW_TRY(const std::vector<Found> found, find(txn, number));
  std::optional<Error> damaged;
  for (const Found& each : found) {
    Result<ArchivedPayload> payload = open_record(each.key, each.sealed, page_size(env_.get()));
    if (payload) return std::optional(std::move(*payload));
    if (!damaged) damaged = payload.error();
  }
  if (damaged) return *damaged;
  return std::optional<ArchivedPayload>();
}

Result<std::vector<ArchivedPayload>> ArchiveFile::all_by_number(BlockNumber number) {
  OPW_TRY(MDB_txn* const txn, begin_read());
  const Reading reading(txn);
  OPW_TRY(const std::vector<Found> found, find(txn, number));
  std::vector<ArchivedPayload> payloads;
  std::optional<Error> damaged;
  for (const Found& each : found) {
    Result<ArchivedPayload> payload = open_record(each.key, each.sealed, page_size(env_.get()));
    if (payload) {
      payloads.push_back(std::move(*payload));
    } else {
      damaged = payload.error();
    }
  }
  if (damaged && payloads.empty()) return *damaged;
  return payloads;
}

Result<std::optional<ArchivedPayload>> ArchiveFile::by_hash(const Hash256& hash) {
  OPW_TRY(MDB_txn* const txn, begin_read());
  const Reading reading(txn);
  OPW_TRY(const auto named, get(txn, hashes_, hash.view()));
  if (!named) return std::optional<ArchivedPayload>();
  if (named->size() != 8) return Error(errors::kBadValue, "number");
  const Key key = key_of(BlockNumber{load_le<std::uint64_t>(named->data())}, hash);
  OPW_TRY(const auto sealed, get(txn, blocks_, key));
  // Both are written and erased together.
  if (!sealed) return Error(errors::kBadValue, "number");
  OPW_TRY(ArchivedPayload payload, open_record(key, *sealed, page_size(env_.get())));
  return std::optional(std::move(payload));
}

Result<std::vector<ArchiveEntry>> ArchiveFile::some(BlockNumber from, const ArchiveEntry* after, BlockNumber to) {
  OPW_TRY(MDB_txn* const txn, begin_read());
  const Reading reading(txn);
  OPW_TRY(const LmdbCursor cursor, lmdb_cursor(txn, blocks_));
  const Key begin = after != nullptr ? key_of(after->number, after->hash) : key_of(from, Hash256{});
  std::vector<ArchiveEntry> entries;
  std::size_t bytes = 0;
  OPW_TRY(auto place, move(cursor.get(), MDB_SET_RANGE, begin));
  if (place && after != nullptr && equal(place->first, begin)) {
    OPW_TRY(place, move(cursor.get(), MDB_NEXT));
  }
  while (place && number_of(place->first) <= to && entries.size() < kStepRecords && bytes < kStepBytes) {
    const auto& [key, sealed] = *place;
    bytes += sealed.size();
    entries.push_back({number_of(key), hash_of(key), open_record(key, sealed, page_size(env_.get()))});
    OPW_TRY(place, move(cursor.get(), MDB_NEXT));
  }
  return entries;
}

}  // namespace opwire::store
