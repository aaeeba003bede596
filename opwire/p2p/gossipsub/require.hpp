// How parameters are checked.
#pragma once

#include "opwire/base/result.hpp"
#include "opwire/p2p/gossipsub/errors.hpp"

namespace opwire::gossipsub {

/// kBadParameters with the rule as its context, unless it holds.
inline Result<void> require(bool holds, const char* rule) {
  if (!holds) return Error(errors::kBadParameters, rule);
  return {};
}

}  // namespace opwire::gossipsub
