#pragma once

#include <vector>

#include "opwire/base/bytes.hpp"

namespace opwire::interop {

/// Deposits of an L1 user, which no key has to sign: `count` of them with `size` bytes of call data each, all different
/// from those of other seeds.
std::vector<Bytes> make_user_deposits(std::uint64_t seed, std::size_t count, std::size_t size);

}  // namespace opwire::interop
