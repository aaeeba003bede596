// The codes of JSON-RPC errors that this server gives: the specification's, and two that Go's servers use.
#pragma once

#include <cstdint>

namespace opwire::rpc {

inline constexpr std::int64_t kParseError = -32700;
inline constexpr std::int64_t kInvalidRequest = -32600;
inline constexpr std::int64_t kMethodNotFound = -32601;
inline constexpr std::int64_t kInvalidParams = -32602;
inline constexpr std::int64_t kInternalError = -32603;
inline constexpr std::int64_t kServerError = -32000;  ///< a method that failed
inline constexpr std::int64_t kAnswerTooLarge = -32003;

}  // namespace opwire::rpc
