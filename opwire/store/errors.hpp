#pragma once

#include "opwire/base/error.hpp"

namespace opwire::store::errors {
inline constexpr ErrorKind kCannotOpen{"store.cannot_open", "database cannot be opened"};
inline constexpr ErrorKind kBusy{"store.busy", "database is in use elsewhere"};
inline constexpr ErrorKind kDamaged{"store.damaged", "database is damaged, or not one of ours"};
inline constexpr ErrorKind kNewerFormat{"store.newer_format", "database is of a newer version of this program"};
inline constexpr ErrorKind kWrongChain{"store.wrong_chain", "database is of another chain"};
inline constexpr ErrorKind kFull{"store.full", "no room for what the database is given"};
inline constexpr ErrorKind kFailed{"store.failed", "database failed"};
inline constexpr ErrorKind kBadValue{"store.bad_value", "stored value is malformed"};
}  // namespace opwire::store::errors
