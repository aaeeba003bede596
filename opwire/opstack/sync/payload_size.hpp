#pragma once

#include "opwire/opstack/payload/execution_payload.hpp"

namespace opwire::opstack {

/// What a decoded payload keeps in memory, about: its transactions share the bytes that it was decoded from.
inline std::size_t memory_size(const Envelope& envelope) noexcept {
  return sizeof(Envelope) + envelope.payload.transactions.ssz().size();
}

}  // namespace opwire::opstack
