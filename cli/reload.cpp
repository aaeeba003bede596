#include "cli/reload.hpp"

#include "cli/peer_options.hpp"
#include "cli/run_options.hpp"

namespace opwire::cli {

Result<node::ReloadReport, std::string> Reloader::reload() {
  OPW_TRY(const LoadedFlags loaded, load_flags(command_line_, read_environment()));
  const FlagValues& flags = loaded.values;
  if (flags.text("config").empty()) return std::string("there is no --config file that could be read again");
  OPW_TRY(const log::Options log_options, make_log_options(flags, terminal_));
  OPW_TRY(node::LiveConfig live, live_config(flags));
  OPW_TRYV(live.validate());
  node::ReloadReport report;
  if (const std::string level = flags.text("log.level"); level != log_level_) {
    OPW_TRYV(log::configure(log_options));
    log_level_ = level;
    report.changed.emplace_back("log level");
  }
  if (node_.config().p2p) {
    OPW_TRY(const std::vector<std::string> changed, node_.reconfigure(std::move(live)));
    report.changed.insert(report.changed.end(), changed.begin(), changed.end());
  }
  for (const std::string_view name : running_.differences(flags)) {
    if (!is_live(name) && name != "log.level") report.needs_restart.emplace_back(name);
  }
  return report;
}

Result<void, std::string> Reloader::set_log_level(const std::string& text) const {
  OPW_TRY(log::Options options, make_log_options(running_, terminal_));
  OPW_TRY(const log::Options levels, log::parse_levels(text));
  options.level = levels.level;
  options.modules = levels.modules;
  return log::configure(options);
}

}  // namespace opwire::cli
