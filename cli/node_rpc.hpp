// A running node, asked over its RPC by the commands that show or change it.
#pragma once

#include <functional>
#include <string>

#include <CLI/App.hpp>
#include <boost/json/value.hpp>

#include "opwire/base/result.hpp"
#include "opwire/rpc/caller.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::cli {

struct NodeRpcOptions {
  std::string url = "http://127.0.0.1:9545";
  std::string jwt_secret;  ///< file; empty: the node asks for no token
};
/// --rpc, with that help, and --jwt-secret.
void add_node_rpc(CLI::App& app, NodeRpcOptions& options, const std::string& help);

class NodeRpc {
 public:
  NodeRpc(Loop& loop, rpc::Caller& caller, std::string url) : loop_(loop), caller_(caller), url_(std::move(url)) {}

  /// params: a JSON array. Errors: a line for the user.
  Task<Result<boost::json::value, std::string>> ask(std::string method, std::string params);
  Loop& loop() noexcept { return loop_; }
  const std::string& url() const noexcept { return url_; }

 private:
  Loop& loop_;
  rpc::Caller& caller_;
  const std::string url_;
};

/// On a loop of its own; what action refers to outlives the call. The action's exit code, or another with a line.
int with_node_rpc(const NodeRpcOptions& options, const std::function<Task<int>(NodeRpc&)>& action);

}  // namespace opwire::cli
