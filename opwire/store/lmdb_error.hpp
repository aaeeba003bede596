// LMDB's status codes as our errors.
#pragma once

#include "opwire/base/result.hpp"

namespace opwire::store {

/// code: not MDB_SUCCESS.
Error lmdb_error(int code) noexcept;

inline Result<void> lmdb_check(int code) noexcept {
  if (code != 0) return lmdb_error(code);
  return {};
}

}  // namespace opwire::store
