#include "opwire/store/lmdb_prune.hpp"

#include <algorithm>
#include <vector>

#include "opwire/base/bytes.hpp"
#include "opwire/store/lmdb_env.hpp"
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
  OPW_TRY(const LmdbCursor cursor, lmdb_cursor(txn, table));
  std::vector<Candidate> found;
  MDB_val key, value;
  int code = 0;
  while ((code = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT)) == 0) {
    found.push_back({rank_of(lmdb_view(value)), key.mv_size + value.mv_size, to_bytes(lmdb_view(key))});
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
    OPW_TRYV(lmdb_erase(txn, table, entries[gone].key));
    freed += entries[gone].bytes;
  }
  return gone;
}

}  // namespace opwire::store
