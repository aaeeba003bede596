// The flags of `opwire run` for programs: `opwire run --list-flags`. interop/cases/dropin.py holds them against
// op-node's own definitions.
#pragma once

#include <string>

namespace opwire::cli {

/// One JSON array; of each flag `name`, `env` (whole names), `type` as in help, `default` as it is given, `effect`
/// (used, later or nothing) and `origin` (shown, hidden or own).
std::string flag_listing();

}  // namespace opwire::cli
