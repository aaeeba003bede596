#pragma once

#include "opwire/base/error.hpp"

namespace opwire::rpc::errors {
inline constexpr ErrorKind kNotAnswer{"rpc.not_an_answer", "the answer is not one of JSON-RPC 2.0"};
inline constexpr ErrorKind kHttpStatus{"rpc.http_status", "the server answered with an HTTP error"};
inline constexpr ErrorKind kUnauthorized{"rpc.unauthorized", "the server does not accept our credentials"};
inline constexpr ErrorKind kNoSubscriptions{"rpc.no_subscriptions", "there are no subscriptions over plain HTTP"};
}  // namespace opwire::rpc::errors
