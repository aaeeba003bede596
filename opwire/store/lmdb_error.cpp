#include "opwire/store/lmdb_error.hpp"

#include <lmdb.h>

#include <cerrno>

#include "opwire/store/errors.hpp"

namespace opwire::store {

Error lmdb_error(int code) noexcept {
  switch (code) {
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
      return Error(errors::kFull, mdb_strerror(code));
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return Error(errors::kFull, "disk", code);
    default:
      // LMDB's own codes are negative, and their texts static.
      return code < 0 ? Error(errors::kFailed, mdb_strerror(code)) : Error(errors::kFailed, nullptr, code);
  }
}

}  // namespace opwire::store
