#include "opwire/store/archive_record.hpp"

#include <algorithm>

#include "opwire/store/errors.hpp"
#include "opwire/store/lmdb_error.hpp"
#include "opwire/store/page_format.hpp"
#include "opwire/store/sealed_value.hpp"

namespace opwire::store {
namespace {

// LMDB takes a value's size as it finds it. Where the value has pages of its own, they begin with how many they are.
bool lies_within_its_pages(ByteView value, std::size_t page_size) noexcept {
  const auto at = reinterpret_cast<std::uintptr_t>(value.data()) % page_size;
  if (at + value.size() <= page_size) return true;
  if (at != page::kHeaderSize) return false;
  const page::Header header(value.data() - page::kHeaderSize);
  return header.flags == page::kOverflow && value.size() <= header.overflow_pages * page_size - page::kHeaderSize;
}

}  // namespace

ArchiveKey archive_key(BlockNumber number, const Hash256& hash) noexcept {
  ArchiveKey key;
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

Result<ArchivedPayload> open_record(ByteView key, ByteView sealed, std::size_t page_size) {
  if (!lies_within_its_pages(sealed, page_size)) return Error(errors::kBadValue, "size");
  const auto opened = open_value(key, sealed);
  if (!opened) return Error(errors::kBadValue, "seal");
  OPW_TRY(ArchivedPayload payload, parse_payload(opened->bytes));
  if (archive_key(payload.number, payload.hash) != archive_key(number_of(key), hash_of(key))) {
    return Error(errors::kBadValue, "another block's");
  }
  return payload;
}

ByteView record_of(ByteView sealed) noexcept {
  return sealed.subspan(std::min(sealed.size(), kSealSize));
}

StoredRecord::StoredRecord(ByteView its_key, ByteView its_value) noexcept
    : key(its_key),
      sealed(its_value),
      is_signed(payload_kind(record_of(its_value)) == PayloadKind::kSigned),
      arrival(rank_of(its_value)) {}

Result<MDB_stat> stat_of(MDB_txn* txn, MDB_dbi table) {
  MDB_stat stat;
  OPW_TRYV(lmdb_check(mdb_stat(txn, table, &stat)));
  return stat;
}

std::size_t page_size_of(MDB_env* env) noexcept {
  MDB_stat stat{};
  (void)mdb_env_stat(env, &stat);  // fails without an environment only
  return stat.ms_psize;
}

Result<ArchivePlace> move(MDB_cursor* cursor, MDB_cursor_op how, ByteView to) {
  MDB_val key = lmdb_val(to);
  MDB_val value{};
  const int code = mdb_cursor_get(cursor, &key, &value, how);
  if (code == MDB_NOTFOUND) return ArchivePlace();
  OPW_TRYV(lmdb_check(code));
  if (key.mv_size != sizeof(ArchiveKey)) return Error(errors::kFailed, "size of a key");
  return ArchivePlace({lmdb_view(key), lmdb_view(value)});
}

Result<std::optional<ByteView>> get(MDB_txn* txn, MDB_dbi table, ByteView key_bytes) {
  MDB_val key = lmdb_val(key_bytes);
  MDB_val value{};
  const int code = mdb_get(txn, table, &key, &value);
  if (code == MDB_NOTFOUND) return std::optional<ByteView>();
  OPW_TRYV(lmdb_check(code));
  return std::optional<ByteView>(lmdb_view(value));
}

}  // namespace opwire::store
