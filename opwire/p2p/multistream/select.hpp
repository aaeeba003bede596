// Negotiating on a stream. Exactly the negotiation's bytes are read: what follows belongs to the protocol.
//
// There is no time limit inside: the caller resets the stream when it takes too long. After an error the stream is fit
// for reset() only; errors are those of errors.hpp, kEndOfStream and the stream's own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "opwire/net/stream.hpp"

namespace opwire::multistream {

/// Proposes protocols (at least one) in this order; returns the one agreed on. Header and first proposal are one write.
Task<Result<std::string>> select_protocol(Stream& stream, std::vector<std::string> protocols);

/// Answers proposals until supports() likes one; returns it.
Task<Result<std::string>> accept_protocol(Stream& stream, std::function<bool(std::string_view)> supports);

/// For a protocol that the other side is known to speak: writes header and proposal and returns at once. The answer is
/// read by the first wait_readable() or read; if it is a refusal, that call fails with kNotSupported and the stream is
/// reset, for what was written already is no proposal.
Task<Result<std::unique_ptr<Stream>>> select_lazily(std::unique_ptr<Stream> stream, std::string protocol);

}  // namespace opwire::multistream
