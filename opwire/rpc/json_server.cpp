#include "opwire/rpc/json_server.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <optional>

namespace opwire::rpc {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxNamed = 128;  // bytes of an unknown method's name that are said back

std::string result_text(const json::value& id, std::string_view result) {
  std::string text = R"({"jsonrpc":"2.0","id":)";
  const std::string id_text = json::serialize(id);
  text.reserve(text.size() + id_text.size() + result.size() + 12);
  text.append(id_text).append(R"(,"result":)").append(result).append("}");
  return text;
}

std::string failure_text(const json::value& id, const Failure& failure) {
  json::object error{{"code", failure.code}, {"message", failure.message}};
  if (!failure.data.is_null()) error["data"] = failure.data;
  const json::object answer{{"jsonrpc", "2.0"}, {"id", id}, {"error", std::move(error)}};
  return json::serialize(answer);
}

Failure invalid_request(std::string_view why = "invalid request") {
  return {kInvalidRequest, std::string(why), {}};
}

Failure too_large() {
  return {kAnswerTooLarge, "response too large", {}};
}

// Cut so that what is left is UTF-8 still.
Failure unknown_method(std::string_view name) {
  std::size_t size = std::min(name.size(), kMaxNamed);
  while (size < name.size() && size > 0 && (static_cast<unsigned char>(name[size]) & 0xc0U) == 0x80U) --size;
  return {kMethodNotFound, "the method " + std::string(name.substr(0, size)) + " does not exist/is not available", {}};
}

// 1e999 is read as infinity, which has no form in JSON.
bool is_valid_id(const json::value& id) {
  return !id.is_object() && !id.is_array() && (!id.is_double() || std::isfinite(id.get_double()));
}

// Never less than the values that the text holds.
std::size_t count_values(std::string_view text) {
  const auto begins_one = [](char c) { return c == ',' || c == ':' || c == '[' || c == '{'; };
  return 1 + static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_one));
}

}  // namespace

struct JsonServer::Call {
  std::optional<json::value> id;  // none: a notification
  std::string method;
  json::array params;
  std::optional<Failure> wrong;
};

JsonServer::JsonServer(const MethodTable& methods, const Clock& clock, const RequestLimits& limits)
    : methods_(methods), clock_(clock), limits_(limits) {}

Task<std::string> JsonServer::answer(std::string text, Context context) {
  Result<json::value, Failure> request = parse(text);
  text = std::string();  // a big one need not stay for as long as its method runs
  if (!request) co_return refuse(nullptr, request.error());
  if (json::array* const calls = request->if_array()) {
    co_return co_await answer_batch(std::move(*calls), context);
  }
  std::size_t room = limits_.max_answer;
  co_return co_await answer_call(std::move(*request), context, room);
}

Result<json::value, Failure> JsonServer::parse(const std::string& text) const {
  if (count_values(text) > limits_.max_values) return invalid_request("request has too many values");
  json::parse_options options;
  options.max_depth = limits_.max_depth;
  json::error_code error;
  json::value value = json::parse(text, error, {}, options);
  if (error == json::error::too_deep) return invalid_request("request is nested too deeply");
  if (error) return Failure{kParseError, "parse error", {}};
  return value;
}

std::string JsonServer::refuse(const json::value& id, const Failure& why) {
  ++refused_;
  return failure_text(id, why);
}

JsonServer::Call JsonServer::read_call(json::value& value) {
  Call call;
  call.id = nullptr;  // until it is known better, something is to be answered
  call.wrong = invalid_request();
  json::object* const fields = value.if_object();
  if (fields == nullptr) return call;
  const json::value* const id = fields->if_contains("id");
  if (id != nullptr && !is_valid_id(*id)) return call;
  if (id != nullptr) call.id = *id;
  const json::value* const version = fields->if_contains("jsonrpc");
  const json::value* const method = fields->if_contains("method");
  if (version == nullptr || !version->is_string() || version->get_string() != "2.0") return call;
  if (method == nullptr || !method->is_string() || method->get_string().empty()) return call;
  if (id == nullptr) call.id.reset();
  call.wrong.reset();
  call.method = method->get_string();
  json::value* const params = fields->if_contains("params");
  if (params == nullptr || params->is_null()) return call;
  if (!params->is_array()) {
    call.wrong = Failure{kInvalidParams, "non-array args", {}};
  } else {
    call.params = std::move(params->get_array());
  }
  return call;
}

Task<MethodAnswer> JsonServer::run(Call& call, const Context& context) {
  if (call.wrong) co_return *call.wrong;
  const auto* const method = methods_.find(call.method);
  CallStats& stats = stats_[method == nullptr ? std::string() : method->first];
  ++stats.calls;
  if (method == nullptr) {
    ++stats.failures;
    co_return unknown_method(call.method);
  }
  const TimePoint begin = clock_.now();
  MethodAnswer answer = co_await method->second(std::move(call.params), context);
  stats.time += clock_.now() - begin;
  if (!answer) ++stats.failures;
  co_return answer;
}

// room: bytes that results may yet have; once one did not fit no further call is made.
Task<std::string> JsonServer::answer_call(json::value value, Context context, std::size_t& room) {
  Call call = read_call(value);
  if (call.wrong) ++refused_;
  if (room == 0) co_return call.id ? failure_text(*call.id, too_large()) : std::string();
  const MethodAnswer answer = co_await run(call, context);
  if (!call.id) co_return std::string();
  if (!answer) co_return failure_text(*call.id, answer.error());
  if (answer.value().size() > room) {
    room = 0;
    co_return failure_text(*call.id, too_large());
  }
  room -= answer.value().size();
  co_return result_text(*call.id, *answer);
}

Task<std::string> JsonServer::answer_batch(json::array calls, Context context) {
  if (calls.empty()) co_return refuse(nullptr, invalid_request("empty batch"));
  if (calls.size() > limits_.max_batch) {
    const Call first = read_call(calls.front());
    co_return "[" + refuse(first.id.value_or(nullptr), invalid_request("batch too large")) + "]";
  }
  std::string all;
  std::size_t room = limits_.max_answer;
  for (json::value& call : calls) {
    const std::string one = co_await answer_call(std::move(call), context, room);
    if (!one.empty()) all.append(all.empty() ? "[" : ",").append(one);
  }
  if (!all.empty()) all += "]";
  co_return all;
}

}  // namespace opwire::rpc
