#include "cli/flag_table.hpp"

#include <algorithm>
#include <map>

#include "opwire/base/check.hpp"

namespace opwire::cli {

const std::vector<const FlagSpec*>& all_flags() {
  static const std::vector<const FlagSpec*> kAll = [] {
    std::vector<const FlagSpec*> all;
    for (const auto table : {node_flags(), p2p_flags()}) {
      for (const FlagSpec& flag : table) all.push_back(&flag);
    }
    return all;
  }();
  return kAll;
}

const FlagSpec* find_flag(std::string_view name) {
  static const std::map<std::string_view, const FlagSpec*> kByName = [] {
    std::map<std::string_view, const FlagSpec*> by_name;
    for (const FlagSpec* flag : all_flags()) OPW_CHECK(by_name.emplace(flag->name, flag).second);
    return by_name;
  }();
  const auto found = kByName.find(name);
  return found == kByName.end() ? nullptr : found->second;
}

std::vector<std::string> env_suffixes(const FlagSpec& flag) {
  if (flag.env.empty()) return {};
  const std::size_t bar = flag.env.find('|');
  if (bar == std::string_view::npos) return {std::string(flag.env)};
  return {std::string(flag.env.substr(0, bar)), std::string(flag.env.substr(bar + 1))};
}

std::string flag_group(const FlagSpec& flag) {
  if (flag.origin == FlagOrigin::kHidden) return "";
  const bool p2p = flag.name.starts_with("p2p.") || flag.name.starts_with("signer.");
  if (flag.effect == FlagEffect::kLater)
    return p2p ? "Peer-to-peer, accepted with a warning: their parts come later" : "";
  if (p2p) return "Peer-to-peer";
  if (flag.name.starts_with("log.")) return "Log";
  if (flag.origin == FlagOrigin::kOwn) return "Node";
  return "Chain";
}

std::string value_name(FlagType type) {
  switch (type) {
    case FlagType::kBool:
      return "BOOL";
    case FlagType::kUint:
    case FlagType::kInt:
    case FlagType::kFloat:
      return "NUMBER";
    case FlagType::kPort:
      return "PORT";
    case FlagType::kDuration:
      return "DURATION";
    case FlagType::kText:
      return "TEXT";
    case FlagType::kPath:
      return "FILE";
    case FlagType::kList:
      return "LIST";
  }
  return "TEXT";
}

}  // namespace opwire::cli
