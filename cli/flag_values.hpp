// What the user set, merged: command line, OPWIRE_* variables, OP_NODE_* variables, config file, default.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/flag_table.hpp"
#include "opwire/base/result.hpp"
#include "opwire/base/time.hpp"

namespace opwire::cli {

/// Values that were set, each checked against its flag's type; the rest answer with the table's default. Names that the
/// table lacks, or that are of another type than asked for, are a bug: abort.
class FlagValues {
 public:
  /// Keeps a value that is there already: call in order of precedence. source names it in errors: "--p2p.static",
  /// "OP_NODE_P2P_STATIC". Errors: a line that begins with the source.
  Result<void, std::string> set(const FlagSpec& flag, std::vector<std::string> texts, std::string source);

  bool is_set(std::string_view name) const { return values_.contains(find(name).name); }
  /// Where the value comes from; the flag itself when it is the default.
  std::string source(std::string_view name) const;

  bool boolean(std::string_view name) const;
  std::uint64_t number(std::string_view name) const;  ///< kUint and kPort
  double real(std::string_view name) const;           ///< kFloat
  Duration duration(std::string_view name) const;
  std::string text(std::string_view name) const;  ///< kText and kPath
  std::vector<std::string> list(std::string_view name) const;

  /// The flags that have another value there.
  std::vector<std::string_view> differences(const FlagValues& other) const;

  /// The kLater flags that were set to something they would have to act on, by the names under which they were set.
  std::vector<std::string> waiting() const;

 private:
  struct Value {
    std::vector<std::string> texts;
    std::string source;
  };
  static const FlagSpec& find(std::string_view name);
  std::string single(std::string_view name) const;

  std::map<std::string_view, Value> values_;  // by the table's own names
};

using Environment = std::map<std::string, std::string>;
/// This process's.
Environment read_environment();

/// What was given for each flag that was.
using CommandLine = std::map<std::string, std::vector<std::string>>;

struct LoadedFlags {
  FlagValues values;
  std::vector<std::string> warnings;  ///< a line each
};

/// The config file is --config or OPWIRE_CONFIG. Warns of unknown
/// variables with our prefixes, and, in one line, of flags whose part comes later.
Result<LoadedFlags, std::string> load_flags(const CommandLine& command_line, const Environment& environment);

}  // namespace opwire::cli
