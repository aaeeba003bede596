// The flags of `opwire run`, one table. Names, environment suffixes, types and defaults are op-node's (op-node/flags,
// v1.19.0) wherever op-node has the flag, so that its command lines and environments carry over as they are.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace opwire::cli {

enum class FlagType : unsigned char {
  kBool,
  kUint,
  kInt,
  kPort,  ///< 0 or 1024..65535
  kFloat,
  kDuration,
  kText,
  kPath,  ///< text that names a file or folder
  kList,  ///< comma-separated, or the flag repeated
};

enum class FlagEffect : unsigned char {
  kUsed,
  kLater,    ///< accepted; what it asks for is not part of opwire yet, and a warning says so
  kNothing,  ///< accepted and without effect, as in op-node
};

enum class FlagOrigin : unsigned char {
  kShown,   ///< op-node's
  kHidden,  ///< op-node's, left out of its help and ours
  kOwn,     ///< ours: no OP_NODE_ variable
};

struct FlagSpec {
  std::string_view name;  ///< without the dashes
  std::string_view env;   ///< after OP_NODE_ or OPWIRE_; a second name after '|'; empty: no variable
  FlagType type;
  std::string_view default_value;  ///< in the form in which it is given; empty: none
  FlagEffect effect;
  FlagOrigin origin;
  std::string_view met_by;  ///< of kLater: the value that asks for nothing beyond what opwire does
  std::string_view help;
};

std::span<const FlagSpec> p2p_flags();
std::span<const FlagSpec> node_flags();
/// All of them, in the order of the help text.
const std::vector<const FlagSpec*>& all_flags();

/// Null where there is none.
const FlagSpec* find_flag(std::string_view name);
std::vector<std::string> env_suffixes(const FlagSpec& flag);
/// The heading under which help lists it; empty: not listed.
std::string flag_group(const FlagSpec& flag);
/// "DURATION", for help.
std::string value_name(FlagType type);

}  // namespace opwire::cli
