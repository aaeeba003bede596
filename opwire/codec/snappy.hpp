// Snappy's block format: the body of gossip messages.
#pragma once

#include <cstddef>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::codec::snappy {

/// Checks the declared length against the limit before it allocates. Errors: kSnappyHeader, kSnappyTooLarge,
/// kSnappyCorrupt.
Result<Bytes> decompress(ByteView compressed, std::size_t limit);
Bytes compress(ByteView plain);

}  // namespace opwire::codec::snappy
