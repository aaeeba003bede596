// The config file read again while the node runs: on SIGHUP and by opwire_reload.
#pragma once

#include "cli/flag_values.hpp"
#include "opwire/node/api/parts.hpp"

namespace opwire::cli {

class Reloader {
 public:
  /// running: what the node was started with; terminal: as make_log_options() was told. node outlives it.
  Reloader(CommandLine command_line, FlagValues running, node::Node& node, bool terminal)
      : command_line_(std::move(command_line)), running_(std::move(running)), node_(node), terminal_(terminal) {}

  /// Takes over the log level and what is_live(); names the other flags that have changed. Errors: a line for the user,
  /// and nothing has changed.
  Result<node::ReloadReport, std::string> reload();
  /// The text that --log.level takes; for as long as the file says nothing else.
  Result<void, std::string> set_log_level(const std::string& text) const;

 private:
  const CommandLine command_line_;
  const FlagValues running_;
  node::Node& node_;
  const bool terminal_;
  std::string log_level_ = running_.text("log.level");  // as it was applied last
};

}  // namespace opwire::cli
