#pragma once

#include "opwire/base/error.hpp"

// Why the state of the node that is followed is not taken over.
namespace opwire::opstack::errors {
inline constexpr ErrorKind kFollowRefused{"follow.refused", "the followed node answered with an error"};
inline constexpr ErrorKind kFollowAnswer{"follow.malformed_answer", "the followed node's sync status makes no sense"};
inline constexpr ErrorKind kFollowNothing{"follow.nothing", "the followed node has no safe block yet"};
inline constexpr ErrorKind kFollowOrder{"follow.order", "the followed node's finalized block is ahead of its safe one"};
inline constexpr ErrorKind kFollowL1{"follow.l1", "the followed node's safe block is of another L1 chain"};
inline constexpr ErrorKind kFollowFinalized{"follow.finalized",
                                            "the followed node takes back what it had called final"};
}  // namespace opwire::opstack::errors
