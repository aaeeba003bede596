// Parameters of a call by their position, and the words of Go's rpc for what is wrong with them.
#pragma once

#include <boost/json/array.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "opwire/rpc/caller.hpp"

namespace opwire::rpc {

/// "invalid argument 0: why"
Failure invalid_argument(std::size_t index, std::string_view why);
/// Of a method that failed.
Failure failed(std::string_view why);
Failure failed(const Error& why);

/// At least `required` (trailing nulls do not count) and at most `most`.
Result<void, Failure> check_count(const boost::json::array& params, std::size_t required, std::size_t most);

/// Null where it was left out, or is null.
const boost::json::value* find_param(const boost::json::array& params, std::size_t index);
Result<bool, Failure> bool_param(const boost::json::array& params, std::size_t index);
Result<std::string_view, Failure> text_param(const boost::json::array& params, std::size_t index);

}  // namespace opwire::rpc
