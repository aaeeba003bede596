// Which entries go when room is needed.
#pragma once

#include <lmdb.h>

#include "opwire/base/result.hpp"

namespace opwire::store {

/// Erases entries of lowest rank until at least so many are gone, and so many bytes. How many went. Errors: kFull,
/// kFailed.
Result<std::size_t> prune(MDB_txn* txn, MDB_dbi table, std::size_t count, std::uint64_t bytes);

}  // namespace opwire::store
