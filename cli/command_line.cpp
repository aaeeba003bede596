#include "cli/command_line.hpp"

#include "cli/flag_table.hpp"

namespace opwire::cli {

Result<std::vector<std::string>, std::string> to_arguments(int argc, const char* const* argv) {
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument(argv[i]);
    const bool empty_value = argument.starts_with("--") && argument.find('=') == argument.size() - 1;
    const FlagSpec* flag = empty_value ? find_flag(argument.substr(2, argument.size() - 3)) : nullptr;
    if (flag == nullptr) {
      arguments.emplace_back(argument);
    } else if (flag->type == FlagType::kBool) {
      return std::string(argument) + ": '' is neither true nor false";
    } else {
      arguments.emplace_back(argument.substr(0, argument.size() - 1));
      arguments.emplace_back();
    }
  }
  return arguments;
}

}  // namespace opwire::cli
