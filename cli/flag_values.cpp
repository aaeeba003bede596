#include "cli/flag_values.hpp"

#include "cli/go_values.hpp"
#include "opwire/base/check.hpp"

namespace opwire::cli {
namespace {

bool is_number(std::string_view text) {
  return parse_go_uint(text.substr(text.starts_with('-') ? 1 : 0)).has_value();
}

bool is_port(std::string_view text) {
  const auto port = parse_go_uint(text);
  return port && (*port == 0 || (*port >= 1024 && *port <= 65535));
}

// What is wrong with it; empty: nothing.
std::string_view complaint(FlagType type, std::string_view text) {
  switch (type) {
    case FlagType::kBool:
      return parse_go_bool(text) ? "" : "is neither true nor false";
    case FlagType::kUint:
      return parse_go_uint(text) ? "" : "is not a number";
    case FlagType::kInt:
      return is_number(text) ? "" : "is not a whole number";
    case FlagType::kPort:
      return is_port(text) ? "" : "is no port: 0 or 1024 to 65535";
    case FlagType::kFloat:
      return parse_go_float(text) ? "" : "is not a number";
    case FlagType::kDuration:
      return parse_go_duration(text) ? "" : "is not a duration, such as 30s, 1m30s or 10m";
    case FlagType::kText:
    case FlagType::kPath:
    case FlagType::kList:
      return "";
  }
  return "";
}

}  // namespace

const FlagSpec& FlagValues::find(std::string_view name) {
  const FlagSpec* flag = find_flag(name);
  OPW_CHECK(flag != nullptr);
  return *flag;
}

Result<void, std::string> FlagValues::set(const FlagSpec& flag, std::vector<std::string> texts, std::string source) {
  if (flag.type != FlagType::kList && texts.size() > 1) texts.erase(texts.begin(), texts.end() - 1);
  for (const std::string& text : texts) {
    const std::string_view wrong = complaint(flag.type, text);
    if (!wrong.empty()) return source + ": '" + text + "' " + std::string(wrong);
  }
  values_.try_emplace(flag.name, Value{std::move(texts), std::move(source)});
  return {};
}

std::string FlagValues::source(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? "--" + std::string(name) : found->second.source;
}

std::string FlagValues::single(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || found->second.texts.empty()) return std::string(find(name).default_value);
  return found->second.texts.front();
}

bool FlagValues::boolean(std::string_view name) const {
  OPW_CHECK(find(name).type == FlagType::kBool);
  return parse_go_bool(single(name)).value_or(false);
}

std::uint64_t FlagValues::number(std::string_view name) const {
  OPW_CHECK(find(name).type == FlagType::kUint || find(name).type == FlagType::kPort);
  return parse_go_uint(single(name)).value_or(0);
}

double FlagValues::real(std::string_view name) const {
  OPW_CHECK(find(name).type == FlagType::kFloat);
  return parse_go_float(single(name)).value_or(0);
}

Duration FlagValues::duration(std::string_view name) const {
  OPW_CHECK(find(name).type == FlagType::kDuration);
  return parse_go_duration(single(name)).value_or(Duration::zero());
}

std::string FlagValues::text(std::string_view name) const {
  OPW_CHECK(find(name).type == FlagType::kText || find(name).type == FlagType::kPath);
  return single(name);
}

std::vector<std::string> FlagValues::list(std::string_view name) const {
  OPW_CHECK(find(name).type == FlagType::kList);
  const auto found = values_.find(name);
  if (found == values_.end()) return split_list(find(name).default_value);
  std::vector<std::string> items;
  for (const std::string& text : found->second.texts) {
    for (std::string& item : split_list(text)) items.push_back(std::move(item));
  }
  return items;
}

std::vector<std::string_view> FlagValues::differences(const FlagValues& other) const {
  const auto texts = [](const FlagValues& values, const FlagSpec& flag) -> std::vector<std::string> {
    if (flag.type == FlagType::kList) return values.list(flag.name);
    return {values.single(flag.name)};
  };
  std::vector<std::string_view> names;
  for (const FlagSpec* flag : all_flags()) {
    if (texts(*this, *flag) != texts(other, *flag)) names.push_back(flag->name);
  }
  return names;
}

std::vector<std::string> FlagValues::waiting() const {
  const auto asks_for_nothing = [](const FlagSpec& flag, const Value& value) {
    for (const std::string& text : value.texts) {
      const bool same_truth =
          flag.type == FlagType::kBool && !flag.met_by.empty() && parse_go_bool(text) == parse_go_bool(flag.met_by);
      if (!text.empty() && !same_truth && text != flag.met_by) return false;
    }
    return true;
  };
  std::vector<std::string> names;
  for (const FlagSpec* flag : all_flags()) {
    const auto found = values_.find(flag->name);
    if (flag->effect != FlagEffect::kLater || found == values_.end()) continue;
    if (!asks_for_nothing(*flag, found->second)) names.push_back(found->second.source);
  }
  return names;
}

}  // namespace opwire::cli
