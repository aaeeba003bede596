// JSON-RPC 2.0 without I/O: the text of a request in, the text of its answer out. Batches, notifications and what makes
// a valid id are as Go's rpc has them: an id is a string, a number, a truth value or null; no id makes a notification.
//
// Memory: of a request its text, and at most max_values values of it (about 100 bytes each, strings beside); of the
// answers what max_answer allows.
#pragma once

#include <map>
#include <string>

#include "opwire/rpc/codes.hpp"
#include "opwire/rpc/method_table.hpp"

namespace opwire::rpc {

struct RequestLimits {
  RequestLimits() = default;
  std::size_t max_batch = 100;
  std::size_t max_answer = 25'000'000;  ///< bytes of results; of a batch all together
  std::size_t max_depth = 32;
  std::size_t max_values = 262'144;  ///< numbers, strings, arrays, ... of one request; a block has one a transaction
};

struct CallStats {
  std::uint64_t calls = 0;
  std::uint64_t failures = 0;
  Duration time{};  ///< of all calls together
};

class JsonServer {
 public:
  /// Both outlive it.
  JsonServer(const MethodTable& methods, const Clock& clock, const RequestLimits& limits = RequestLimits());

  /// Empty: nothing is to be answered. The calls of a batch are made one after another. What is wrong with a request is
  /// said in its answer: kParseError, kInvalidRequest, kMethodNotFound, kInvalidParams, kAnswerTooLarge, and whatever
  /// the method says.
  Task<std::string> answer(std::string text, Context context);

  /// By method; those of unknown ones together under the empty name.
  const std::map<std::string, CallStats>& stats() const noexcept { return stats_; }
  std::uint64_t refused() const noexcept { return refused_; }  ///< texts that were no requests

 private:
  struct Call;
  static Call read_call(boost::json::value& value);
  Result<boost::json::value, Failure> parse(const std::string& text) const;
  std::string refuse(const boost::json::value& id, const Failure& why);
  Task<std::string> answer_call(boost::json::value value, Context context, std::size_t& room);
  Task<std::string> answer_batch(boost::json::array calls, Context context);
  Task<MethodAnswer> run(Call& call, const Context& context);

  const MethodTable& methods_;
  const Clock& clock_;
  const RequestLimits limits_;
  std::map<std::string, CallStats> stats_;
  std::uint64_t refused_ = 0;
};

}  // namespace opwire::rpc
