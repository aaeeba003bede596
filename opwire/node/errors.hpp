#pragma once

#include "opwire/base/error.hpp"

namespace opwire::node::errors {
inline constexpr ErrorKind kNotDriven{"node.not_driven", "this node does not follow the chain"};
}  // namespace opwire::node::errors
