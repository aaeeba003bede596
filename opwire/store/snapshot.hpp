// A database as it is at one moment, read beside the process that has it open, if any. For commands that show what a
// node knows.
#pragma once

#include <vector>

#include "opwire/store/database.hpp"

namespace opwire::store {

/// The contents of options.tables, in their order; a table that the file does not have is empty. Blocks: the file is
/// copied into memory (at most about three times size_cap), so that no page changes under LMDB. Nothing is written
/// anywhere, and no lock is asked for. Errors: kCannotOpen, kDamaged, kNewerFormat; kBusy (its writer is faster than
/// the copy).
Result<std::vector<Contents>, OpenError> read_snapshot(const DatabaseOptions& options);

}  // namespace opwire::store
