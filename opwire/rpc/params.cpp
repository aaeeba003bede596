#include "opwire/rpc/params.hpp"

#include <boost/json/value.hpp>

#include "opwire/rpc/codes.hpp"

namespace opwire::rpc {
namespace {

Failure missing_argument(std::size_t index) {
  return {kInvalidParams, "missing value for required argument " + std::to_string(index), {}};
}

}  // namespace

Failure invalid_argument(std::size_t index, std::string_view why) {
  std::string text = "invalid argument " + std::to_string(index) + ": ";
  text += why.substr(0, kMaxFailureText);
  return {kInvalidParams, std::move(text), {}};
}

Failure failed(std::string_view why) {
  return {kServerError, std::string(why), {}};
}

Failure failed(const Error& why) {
  return failed(why.message());
}

Result<void, Failure> check_count(const boost::json::array& params, std::size_t required, std::size_t most) {
  for (std::size_t i = 0; i < required; ++i) {
    if (find_param(params, i) == nullptr) return missing_argument(i);
  }
  if (params.size() > most) {
    return Failure{kInvalidParams, "too many arguments, want at most " + std::to_string(most), {}};
  }
  return {};
}

const boost::json::value* find_param(const boost::json::array& params, std::size_t index) {
  return index < params.size() && !params[index].is_null() ? &params[index] : nullptr;
}

Result<bool, Failure> bool_param(const boost::json::array& params, std::size_t index) {
  const boost::json::value* const value = find_param(params, index);
  if (value == nullptr) return missing_argument(index);
  if (!value->is_bool()) return invalid_argument(index, "expected true or false");
  return value->get_bool();
}

Result<std::string_view, Failure> text_param(const boost::json::array& params, std::size_t index) {
  const boost::json::value* const value = find_param(params, index);
  if (value == nullptr) return missing_argument(index);
  if (!value->is_string()) return invalid_argument(index, "expected a string");
  return std::string_view(value->get_string());
}

}  // namespace opwire::rpc
