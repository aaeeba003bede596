#include "opwire/store/lmdb_prune.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "opwire/base/bytes.hpp"
#include "opwire/store/lmdb_error.hpp"
#include "opwire/store/sealed_value.hpp"

namespace opwire::store {
namespace {

struct Candidate {
  std::uint64_t rank;
  std::uint64_t bytes;
  Bytes key;
};

Result<std::vector<Candidate>> candidates(MDB_txn* txn, MDB_dbi table) {
  MDB_cursor* cursor = nullptr;
  OPW_TRYV(lmdb_check(mdb_cursor_open(txn, table, &cursor)));
  const std::unique_ptr<MDB_cursor, decltype(&mdb_cursor_close)> closer(cursor, mdb_cursor_close);
  std::vector<Candidate> found;
  MDB_val key, value;
  int code = 0;
  while ((code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
    const ByteView name(static_cast<const std::uint8_t*>(key.mv_data), key.mv_size);
    const ByteView sealed(static_cast<const std::uint8_t*>(value.mv_data), value.mv_size);
    found.push_back({rank_of(sealed), key.mv_size + value.mv_size, to_bytes(name)});
  }
  if (code != MDB_NOTFOUND) return lmdb_error(code);
  return found;
}

}  // namespace

Result<std::size_t> prune(MDB_txn* txn, MDB_dbi table, std::size_t count, std::uint64_t bytes) {
  OPW_TRY(std::vector<Candidate> entries, candidates(txn, table));
  std::sort(entries.begin(), entries.end(), [](const Candidate& a, const Candidate& b) { return a.rank < b.rank; });
  std::size_t gone = 0;
  std::uint64_t freed = 0;
  for (; gone < entries.size() && (gone < count || freed < bytes); ++gone) {
    MDB_val key{entries[gone].key.size(), entries[gone].key.data()};
    OPW_TRYV(lmdb_check(mdb_del(txn, table, &key, nullptr)));
    freed += entries[gone].bytes;
  }
  return gone;
}

}  // namespace opwire::store
