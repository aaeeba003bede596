#include "cli/flag_listing.hpp"

#include <boost/json.hpp>

#include "cli/flag_table.hpp"

namespace opwire::cli {
namespace {

const char* name_of(FlagEffect effect) {
  switch (effect) {
    case FlagEffect::kUsed:
      return "used";
    case FlagEffect::kLater:
      return "later";
    case FlagEffect::kNothing:
      return "nothing";
  }
  return "";
}

const char* name_of(FlagOrigin origin) {
  switch (origin) {
    case FlagOrigin::kShown:
      return "shown";
    case FlagOrigin::kHidden:
      return "hidden";
    case FlagOrigin::kOwn:
      return "own";
  }
  return "";
}

boost::json::array variables(const FlagSpec& flag) {
  boost::json::array names;
  for (const std::string& suffix : env_suffixes(flag)) {
    names.emplace_back((flag.origin == FlagOrigin::kOwn ? "OPWIRE_" : "OP_NODE_") + suffix);
  }
  return names;
}

}  // namespace

std::string flag_listing() {
  boost::json::array all;
  for (const FlagSpec* flag : all_flags()) {
    boost::json::object one{{"name", flag->name}, {"env", variables(*flag)}, {"type", value_name(flag->type)}};
    one["default"] = flag->default_value;
    one["effect"] = name_of(flag->effect);
    one["origin"] = name_of(flag->origin);
    all.push_back(std::move(one));
  }
  return boost::json::serialize(all);
}

}  // namespace opwire::cli
