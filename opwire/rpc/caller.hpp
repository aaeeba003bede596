// The seam to a JSON-RPC 2.0 server: one call, one answer. Over HTTP or WebSocket (http_caller.hpp,
// websocket_caller.hpp), or from a script in tests.
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <optional>
#include <string>

#include "opwire/base/result.hpp"
#include "opwire/base/time.hpp"
#include "opwire/rpc/errors.hpp"
#include "opwire/runtime/task.hpp"

namespace opwire::rpc {

/// What a server says instead of a result.
struct Failure {
  std::int64_t code = 0;
  std::string message;  ///< at most kMaxFailureText bytes of it
  boost::json::value data;
};
inline constexpr std::size_t kMaxFailureText = 1024;

struct Reply {
  Reply() = default;
  explicit Reply(boost::json::value value) : result(std::move(value)) {}
  explicit Reply(Failure why) : failure(std::move(why)) {}

  std::optional<Failure> failure;
  boost::json::value result;  ///< where there is no failure
};

class Caller {
 public:
  virtual ~Caller() = default;
  /// params: the text of a JSON array, so that what is large is written once. Calls may be under way side by side.
  /// Errors: kNotAnswer, kHttpStatus, kUnauthorized, kTimeout, and those of the connection.
  virtual Task<Result<Reply>> call(std::string method, std::string params, TimePoint deadline) = 0;
  /// Takes an item of a subscription; called on the loop.
  using Sink = std::function<void(boost::json::value item)>;
  /// eth_subscribe, where the connection allows for it. Errors: also kNoSubscriptions.
  virtual Task<Result<Reply>> subscribe(std::string params, Sink sink, TimePoint deadline) {
    (void)params, (void)sink, (void)deadline;
    co_return errors::kNoSubscriptions;
  }
  /// Calls under way and later ones end with kClosed. Whoever owns the caller awaits it before destroying it.
  virtual Task<void> close() { co_return; }
};

}  // namespace opwire::rpc
