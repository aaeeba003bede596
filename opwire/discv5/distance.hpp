// Kademlia's metric: the XOR of two ids as a number.
#pragma once

#include <cstdint>

#include "opwire/discv5/node_record.hpp"

namespace opwire::discv5 {

/// The bits of the XOR: 0 for the same id, else 1 to 256.
unsigned log_distance(const NodeId& a, const NodeId& b) noexcept;
/// Whether a is nearer to the target than b.
bool is_closer(const NodeId& target, const NodeId& a, const NodeId& b) noexcept;
/// An id at that log distance (1 to 256) from base; the bits below come from `random`.
NodeId id_at_distance(const NodeId& base, unsigned distance, const NodeId& random) noexcept;

}  // namespace opwire::discv5
