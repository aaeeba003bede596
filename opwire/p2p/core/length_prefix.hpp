// Messages behind an unsigned varint that tells their length, as most protocols frame them.
#pragma once

#include <optional>

#include "opwire/net/stream.hpp"

namespace opwire {

/// Reads the length of the next message; nothing when the stream ends cleanly before it. Read exactly, so that the
/// message is next, and checked, so that the caller may allocate. Errors: too_long when it is over limit; multiformats
/// kVarintTooLong, kVarintNotMinimal; kEndOfStream inside the varint; the stream's own.
Task<Result<std::optional<std::size_t>>> read_length_prefix(Stream& stream, std::size_t limit,
                                                            const ErrorKind& too_long);

}  // namespace opwire
