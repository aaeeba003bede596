// One identify message over one stream, either way.
#pragma once

#include "opwire/net/stream.hpp"
#include "opwire/p2p/identify/message.hpp"

namespace opwire::identify {

/// Reads parts until the other side closes. Errors: kTooLong, kTooManyParts, multiformats kVarintTooLong and
/// kBadProtobuf, kTooManyProtocols, errors of the stream.
Task<Result<Message>> receive(Stream& stream);
/// Writes all parts and closes our direction.
Task<Result<void>> send(Stream& stream, const Message& message);

}  // namespace opwire::identify
