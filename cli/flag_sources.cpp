#include <exception>
#include <set>
#include <sstream>

#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>

#include "cli/files.hpp"
#include "cli/flag_values.hpp"
#include "opwire/opstack/chain/near_names.hpp"

namespace opwire::cli {
namespace {

constexpr std::size_t kMaxConfigSize = std::size_t{1} << 20;
constexpr std::string_view kOwnPrefix = "OPWIRE_";
constexpr std::string_view kOpNodePrefix = "OP_NODE_";

// As in op-node: an empty variable sets text to empty and a truth value to false, and no number at all.
Result<void, std::string> set_from_variable(FlagValues& values, const FlagSpec& flag, const std::string& name,
                                            std::string text) {
  if (text.empty()) {
    const bool textual = flag.type == FlagType::kText || flag.type == FlagType::kPath || flag.type == FlagType::kList;
    if (flag.type == FlagType::kBool) text = "false";
    if (flag.type != FlagType::kBool && !textual) return {};
  }
  return values.set(flag, {std::move(text)}, name);
}

Result<void, std::string> add_environment(FlagValues& values, const Environment& environment, std::string_view prefix) {
  for (const FlagSpec* flag : all_flags()) {
    if (flag->origin == FlagOrigin::kOwn && prefix != kOwnPrefix) continue;
    for (const std::string& suffix : env_suffixes(*flag)) {
      const auto found = environment.find(std::string(prefix) + suffix);
      if (found != environment.end()) OPW_TRYV(set_from_variable(values, *flag, found->first, found->second));
    }
  }
  return {};
}

std::string unknown_key(const std::string& path, const std::string& name) {
  std::vector<std::string> names;
  for (const FlagSpec* flag : all_flags()) names.emplace_back(flag->name);
  const std::vector<std::string> near = opstack::near_names(name, names);
  return path + ": no flag is called '" + name + "'" + (near.empty() ? "" : "; did you mean " + near.front() + "?");
}

Result<std::vector<CLI::ConfigItem>, std::string> parse_config(const std::string& path) {
  OPW_TRY(const Bytes content, read_input(path, kMaxConfigSize));
  std::istringstream stream{std::string(as_text(content))};
  try {
    return CLI::ConfigTOML().from_config(stream);
  } catch (const std::exception& exception) {
    return path + ": " + exception.what();
  }
}

Result<void, std::string> add_config_file(FlagValues& values, const std::string& path) {
  OPW_TRY(const std::vector<CLI::ConfigItem> items, parse_config(path));
  for (const CLI::ConfigItem& item : items) {
    if (item.name == "++" || item.name == "--") continue;  // a section begins or ends
    const std::string name = item.fullname();
    const FlagSpec* flag = find_flag(name);
    if (flag == nullptr || flag->name == "config") return unknown_key(path, name);
    const std::string source = path + ": " + name;
    if (flag->type != FlagType::kList && item.inputs.size() > 1) return source + " takes one value (in quotes)";
    OPW_TRYV(values.set(*flag, item.inputs, source));
  }
  return {};
}

void warn_of_unknown_variables(const Environment& environment, std::vector<std::string>& warnings) {
  std::set<std::string> known;
  for (const FlagSpec* flag : all_flags()) {
    for (const std::string& suffix : env_suffixes(*flag)) {
      known.insert(std::string(kOwnPrefix) + suffix);
      if (flag->origin != FlagOrigin::kOwn) known.insert(std::string(kOpNodePrefix) + suffix);
    }
  }
  for (const auto& [name, text] : environment) {
    if ((name.starts_with(kOwnPrefix) || name.starts_with(kOpNodePrefix)) && !known.contains(name)) {
      warnings.push_back("environment variable " + name + " is not known and has no effect");
    }
  }
}

void warn_of_later_parts(const FlagValues& values, std::vector<std::string>& warnings) {
  std::string names;
  for (const std::string& name : values.waiting()) names += (names.empty() ? "" : ", ") + name;
  if (!names.empty()) warnings.push_back("accepted, but what they ask for is not part of opwire yet: " + names);
}

}  // namespace

Environment read_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

Result<LoadedFlags, std::string> load_flags(const CommandLine& command_line, const Environment& environment) {
  LoadedFlags loaded;
  for (const auto& [name, texts] : command_line) {
    const FlagSpec* flag = find_flag(name);
    if (flag != nullptr) OPW_TRYV(loaded.values.set(*flag, texts, "--" + name));
  }
  OPW_TRYV(add_environment(loaded.values, environment, kOwnPrefix));
  OPW_TRYV(add_environment(loaded.values, environment, kOpNodePrefix));
  const std::string config = loaded.values.text("config");
  if (!config.empty()) OPW_TRYV(add_config_file(loaded.values, config));
  warn_of_unknown_variables(environment, loaded.warnings);
  warn_of_later_parts(loaded.values, loaded.warnings);
  return loaded;
}

}  // namespace opwire::cli
