#include "opwire/rpc/call_text.hpp"

#include <boost/json/parse.hpp>

namespace opwire::rpc {
namespace {

namespace json = boost::json;

Result<Failure> read_failure(json::value& error) {
  auto* const fields = error.if_object();
  if (fields == nullptr) return Error(errors::kNotAnswer, "an error that is no object");
  Failure failure;
  if (const json::value* const code = fields->if_contains("code"); code != nullptr && code->is_int64()) {
    failure.code = code->get_int64();
  }
  if (const json::value* const message = fields->if_contains("message"); message != nullptr && message->is_string()) {
    failure.message = std::string_view(message->get_string()).substr(0, kMaxFailureText);
  }
  if (json::value* const data = fields->if_contains("data")) failure.data = std::move(*data);
  return failure;
}

Result<json::object> parse_object(std::string_view text) {
  json::error_code failed;
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::value value = json::parse(text, failed, {}, options);
  if (failed) return Error(errors::kNotAnswer, "no JSON");
  if (!value.is_object()) return Error(errors::kNotAnswer, "no object");
  return std::move(value.get_object());
}

Result<Answer> read_answer(json::object& fields) {
  Answer answer;
  if (const json::value* const id = fields.if_contains("id"); id != nullptr && id->is_int64() && id->get_int64() >= 0) {
    answer.id = static_cast<std::uint64_t>(id->get_int64());
  }
  if (json::value* const error = fields.if_contains("error"); error != nullptr && !error->is_null()) {
    OPW_TRY(Failure failure, read_failure(*error));
    answer.reply = Reply(std::move(failure));
    return answer;
  }
  json::value* const result = fields.if_contains("result");
  if (result == nullptr) return Error(errors::kNotAnswer, "neither result nor error");
  answer.reply = Reply(std::move(*result));
  return answer;
}

Result<Notification> read_notification(json::object& fields) {
  json::value* const found = fields.if_contains("params");
  json::object* const params = found == nullptr ? nullptr : found->if_object();
  if (params == nullptr) return Error(errors::kNotAnswer, "a notification without params");
  const json::value* const subscription = params->if_contains("subscription");
  json::value* const result = params->if_contains("result");
  if (subscription == nullptr || !subscription->is_string() || result == nullptr) {
    return Error(errors::kNotAnswer, "a notification of no subscription");
  }
  Notification notification;
  notification.subscription = std::string_view(subscription->get_string());
  notification.result = std::move(*result);
  return notification;
}

}  // namespace

std::string to_call_text(std::uint64_t id, std::string_view method, std::string params) {
  std::string head = R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")";
  head.append(method).append(R"(","params":)");
  params.insert(0, head).append("}");
  return params;
}

Result<Answer> parse_answer(std::string_view text) {
  OPW_TRY(json::object fields, parse_object(text));
  return read_answer(fields);
}

Result<ServerMessage> parse_server_message(std::string_view text) {
  OPW_TRY(json::object fields, parse_object(text));
  if (!fields.contains("method")) {
    OPW_TRY(Answer answer, read_answer(fields));
    return ServerMessage(std::move(answer));
  }
  OPW_TRY(Notification notification, read_notification(fields));
  return ServerMessage(std::move(notification));
}

}  // namespace opwire::rpc
