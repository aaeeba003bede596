// From a path to an open database, whose pages were all checked before.
#pragma once

#include <memory>

#include "opwire/base/time.hpp"
#include "opwire/store/database.hpp"

namespace opwire::store {

/// Blocks; on the store thread. now: for the name of a damaged file. Errors: kCannotOpen, kBusy, kDamaged,
/// kNewerFormat.
Result<std::unique_ptr<LmdbFile>, OpenError> open_file(const DatabaseOptions& options, WallTime now);

}  // namespace opwire::store
