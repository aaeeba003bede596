#include "opwire/store/lmdb_env.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "opwire/store/errors.hpp"
#include "opwire/store/lmdb_error.hpp"

namespace opwire::store {
namespace {

Error cannot_open(const char* what, int code) noexcept {
  const Error error = lmdb_error(code);
  if (error.is(errors::kFull)) return error;
  return Error(errors::kCannotOpen, code > 0 ? what : mdb_strerror(code), std::max(code, 0));
}

}  // namespace

Result<LmdbEnv> lmdb_open(const std::filesystem::path& path, const LmdbOpening& opening) {
  MDB_env* made = nullptr;
  if (const int code = mdb_env_create(&made); code != 0) return cannot_open("create", code);
  LmdbEnv env(made);
  OPW_TRYV(lmdb_check(mdb_env_set_maxdbs(made, opening.tables)));
  if (opening.map_size > 0) OPW_TRYV(lmdb_check(mdb_env_set_mapsize(made, opening.map_size)));
  const int code = mdb_env_open(made, path.c_str(), opening.flags | MDB_NOSUBDIR | MDB_NOTLS, S_IRUSR | S_IWUSR);
  if (code != 0) return cannot_open("open", code);
  return env;
}

Result<LmdbTxn> lmdb_begin(MDB_env* env, unsigned flags) {
  MDB_txn* txn = nullptr;
  OPW_TRYV(lmdb_check(mdb_txn_begin(env, nullptr, flags, &txn)));
  return LmdbTxn(txn);
}

Result<void> lmdb_commit(LmdbTxn txn) {
  return lmdb_check(mdb_txn_commit(txn.release()));
}

Result<LmdbCursor> lmdb_cursor(MDB_txn* txn, MDB_dbi table) {
  MDB_cursor* cursor = nullptr;
  OPW_TRYV(lmdb_check(mdb_cursor_open(txn, table, &cursor)));
  return LmdbCursor(cursor);
}

Result<void> lmdb_put(MDB_txn* txn, MDB_dbi table, ByteView key_bytes, ByteView value_bytes) {
  MDB_val key = lmdb_val(key_bytes);
  MDB_val value = lmdb_val(value_bytes);
  return lmdb_check(mdb_put(txn, table, &key, &value, 0));
}

Result<void> lmdb_erase(MDB_txn* txn, MDB_dbi table, ByteView key_bytes) {
  MDB_val key = lmdb_val(key_bytes);
  const int code = mdb_del(txn, table, &key, nullptr);
  return code == MDB_NOTFOUND ? Result<void>() : lmdb_check(code);
}

}  // namespace opwire::store
