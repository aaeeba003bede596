// The methods of a JSON-RPC server: names, and what answers them.
#pragma once

#include <boost/json/array.hpp>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "opwire/net/http/server.hpp"
#include "opwire/rpc/caller.hpp"

namespace opwire::rpc {

class SubscriptionSet;

/// Who asks.
struct Context {
  Context() = default;
  explicit Context(http::PeerInfo who) : peer(std::move(who)) {}
  http::PeerInfo peer;
  SubscriptionSet* subscriptions = nullptr;  ///< of the WebSocket that the call came on; null over HTTP
};

/// The text of a JSON value, or what is said instead.
using MethodAnswer = Result<std::string, Failure>;
/// Runs on the loop as long as it likes; cancelled with the server, or with the WebSocket that asked.
using Method = std::function<Task<MethodAnswer>(boost::json::array params, Context context)>;
/// One that waits for nothing.
using PlainMethod = std::function<MethodAnswer(const boost::json::array& params)>;

class MethodTable {
 public:
  /// Without admin the methods marked so do not exist, as far as callers can tell.
  explicit MethodTable(bool admin = false) : admin_(admin) {}

  enum class Access : unsigned char { kAll, kAdmin };
  /// A name that is there already gets the new method.
  void add(std::string name, Method method, Access access = Access::kAll);
  void add_plain(std::string name, PlainMethod method, Access access = Access::kAll);

  /// The name as the table keeps it, and the method; null where there is none.
  const std::pair<const std::string, Method>* find(std::string_view name) const;
  /// Sorted.
  std::vector<std::string> names() const;
  /// What stands before the first underscore of each name: {"opp2p":"1.0",...}, the answer of Go's rpc_modules.
  std::string modules() const;

 private:
  bool admin_;
  std::map<std::string, Method, std::less<>> methods_;
};

}  // namespace opwire::rpc
