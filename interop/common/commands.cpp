#include "interop/common/commands.hpp"

#include <boost/json/parse.hpp>

#include "interop/common/input.hpp"

namespace opwire::interop {

std::string Command::text(std::string_view field) const {
  const boost::json::value* value = fields_.if_contains(field);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

bool Command::flag(std::string_view field) const {
  const boost::json::value* value = fields_.if_contains(field);
  return value != nullptr && value->is_bool() && value->as_bool();
}

std::size_t Command::number(std::string_view field, std::size_t otherwise) const {
  const boost::json::value* value = fields_.if_contains(field);
  if (value == nullptr) return otherwise;
  boost::system::error_code problem;
  const auto number = value->to_number<std::size_t>(problem);
  return problem ? otherwise : number;
}

std::vector<std::size_t> Command::numbers(std::string_view field) const {
  std::vector<std::size_t> numbers;
  const boost::json::value* value = fields_.if_contains(field);
  if (value == nullptr || !value->is_array()) return numbers;
  for (const boost::json::value& one : value->as_array()) {
    boost::system::error_code problem;
    const auto number = one.to_number<std::size_t>(problem);
    if (!problem) numbers.push_back(number);
  }
  return numbers;
}

Task<void> follow_commands(Loop& loop, Obey obey) {
  Input input(loop);
  while (true) {
    const std::optional<std::string> line = co_await input.line();
    if (!line) co_return;
    if (line->empty()) continue;
    boost::system::error_code problem;
    const boost::json::value parsed = boost::json::parse(*line, problem);
    const Command command(parsed.is_object() ? parsed.as_object() : Fields());
    if (command.name() == "quit") co_return;
    const Result<void> done = co_await obey(command);
    if (!done) emit("error", {{"cmd", command.name()}, {"error", done.error().message()}});
  }
}

}  // namespace opwire::interop
