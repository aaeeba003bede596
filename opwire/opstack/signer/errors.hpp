#pragma once

#include "opwire/base/error.hpp"

// What a remote signer can be refused for.
namespace opwire::opstack::errors {
inline constexpr ErrorKind kSignerUnhealthy{"signer.unhealthy", "the remote signer does not answer health_status"};
inline constexpr ErrorKind kSignerRefused{"signer.refused", "the remote signer answered with an error"};
inline constexpr ErrorKind kSignerAnswer{"signer.malformed_answer", "the remote signer's answer is no signature"};
inline constexpr ErrorKind kSignerTimeout{"signer.timeout", "the remote signer took too long"};
inline constexpr ErrorKind kSignerOther{"signer.other_key", "the remote signer signed with another key"};
}  // namespace opwire::opstack::errors
