// Snappy's block format: the body of gossip messages.
#pragma once

#include <cstddef>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::codec::snappy {

/// Checks the declared length against the limit before it allocates. Errors: kSnappyHeader, kSnappyTooLarge,
/// kSnappyCorrupt.
Result<Bytes> decompress(ByteView compressed, std::size_t limit);
/// What the header says, for what decompress() would try: 0 where it is invalid, over the limit, or more than the rest
/// can yield.
std::size_t declared_size(ByteView compressed, std::size_t limit) noexcept;
Bytes compress(ByteView plain);

}  // namespace opwire::codec::snappy
