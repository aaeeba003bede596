// A server of JSON-RPC that answers from a table.
#pragma once

#include <boost/json/parse.hpp>
#include <functional>
#include <map>
#include <vector>

#include "opwire/rpc/caller.hpp"

namespace opwire::rpc {

class ScriptedCaller final : public Caller {
 public:
  using Answer = std::function<Result<Reply>(const boost::json::array& params)>;
  struct Call {
    std::string method;
    std::string params;
  };

  void on(const std::string& method, Answer answer) { answers_[method] = std::move(answer); }
  /// The text of a JSON value.
  void on(const std::string& method, std::string result) {
    on(method, [result](const boost::json::array&) -> Result<Reply> { return Reply(boost::json::parse(result)); });
  }
  const std::vector<Call>& calls() const noexcept { return calls_; }

  Task<Result<Reply>> call(std::string method, std::string params, TimePoint) override {
    calls_.push_back({method, params});
    const auto found = answers_.find(method);
    if (found == answers_.end()) co_return Reply(Failure{-32601, "the method " + method + " does not exist", {}});
    const boost::json::value given = boost::json::parse(params);
    co_return found->second(given.as_array());
  }

 private:
  std::map<std::string, Answer> answers_;
  std::vector<Call> calls_;
};

}  // namespace opwire::rpc
