// LMDB's handles, closed by themselves, and the few calls that every one of our files makes in the same way.
#pragma once

#include <lmdb.h>

#include <filesystem>
#include <memory>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::store {

struct LmdbCloser {
  void operator()(MDB_env* env) const noexcept { mdb_env_close(env); }
  void operator()(MDB_txn* txn) const noexcept { mdb_txn_abort(txn); }
  void operator()(MDB_cursor* cursor) const noexcept { mdb_cursor_close(cursor); }
};
using LmdbEnv = std::unique_ptr<MDB_env, LmdbCloser>;
using LmdbTxn = std::unique_ptr<MDB_txn, LmdbCloser>;
using LmdbCursor = std::unique_ptr<MDB_cursor, LmdbCloser>;  // goes before its transaction

struct LmdbOpening {
  std::uint64_t map_size = 0;  ///< 0: what the file says
  unsigned tables = 0;
  unsigned flags = 0;  ///< one file (MDB_NOSUBDIR) and transactions that no thread owns (MDB_NOTLS) come by themselves
};

/// Errors: kCannotOpen, kFull, kFailed.
Result<LmdbEnv> lmdb_open(const std::filesystem::path& path, const LmdbOpening& opening);
/// Errors: kFull, kFailed.
Result<LmdbTxn> lmdb_begin(MDB_env* env, unsigned flags);
Result<void> lmdb_commit(LmdbTxn txn);
Result<LmdbCursor> lmdb_cursor(MDB_txn* txn, MDB_dbi table);
Result<void> lmdb_put(MDB_txn* txn, MDB_dbi table, ByteView key, ByteView value);
/// What is not there is erased already.
Result<void> lmdb_erase(MDB_txn* txn, MDB_dbi table, ByteView key);

inline MDB_val lmdb_val(ByteView bytes) noexcept {
  // LMDB writes to neither keys nor values.
  return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}
inline ByteView lmdb_view(const MDB_val& value) noexcept {
  return {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size};
}

}  // namespace opwire::store
