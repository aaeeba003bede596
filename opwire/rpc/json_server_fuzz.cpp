// Any text to the server: what it answers is JSON-RPC, within the limits, and nothing else happens.
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "opwire/base/bytes.hpp"
#include "opwire/base/check.hpp"
#include "opwire/rpc/json_server.hpp"
#include "opwire/rpc/params.hpp"
#include "opwire/runtime/simulated_loop.hpp"

using namespace opwire;
using namespace opwire::rpc;

namespace {

namespace json = boost::json;

constexpr std::size_t kMaxAnswer = 2000;
constexpr std::size_t kMaxBatch = 4;

MethodAnswer measure(const json::array& params) {
  return "\"" + std::string(params.size() * 100, 'x') + "\"";
}

MethodAnswer pick(const json::array& params) {
  OPW_TRYV(check_count(params, 1, 2));
  OPW_TRY(const bool flag, bool_param(params, 0));
  return std::string(flag ? "true" : "false");
}

void check_one(const json::value& answer) {
  const json::object* const fields = answer.if_object();
  OPW_CHECK(fields != nullptr && fields->at("jsonrpc") == "2.0");
  OPW_CHECK(fields->contains("id") && !fields->at("id").is_object() && !fields->at("id").is_array());
  OPW_CHECK(fields->contains("result") != fields->contains("error"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  SimulatedLoop loop;
  MethodTable methods;
  methods.add_plain("e", measure);
  methods.add_plain("p", pick);
  RequestLimits limits;
  limits.max_answer = kMaxAnswer;
  limits.max_batch = kMaxBatch;
  limits.max_values = 500;
  JsonServer server(methods, loop, limits);
  const std::string answer = loop.run(server.answer(std::string(as_text(ByteView(data, size))), Context()));
  if (answer.empty()) return 0;
  json::parse_options options;
  options.max_depth = 64;
  json::error_code error;
  const json::value value = json::parse(answer, error, {}, options);
  OPW_CHECK(!error);
  OPW_CHECK(answer.size() <= kMaxAnswer + kMaxBatch * (6 * size + 1000));  // ids and unknown names are said back
  if (const json::array* const all = value.if_array()) {
    OPW_CHECK(!all->empty() && all->size() <= kMaxBatch);
    for (const json::value& one : *all) check_one(one);
  } else {
    check_one(value);
  }
  return 0;
}
