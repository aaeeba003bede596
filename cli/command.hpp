// The sub-commands of the program. Each file here registers one (or a small family) and says how it ends.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace opwire::cli {

/// Exit codes, the same for all commands (documented in `opwire --help`).
enum ExitCode : int {
  kOk = 0,
  kFailed = 1,  ///< what was asked for was tried and did not work out
  kUsage = 2,   ///< a flag, a file or the environment is wrong; nothing was started
};

/// run() is called when app was chosen on the command line, after parsing.
struct Command {
  CLI::App* app;
  std::function<int()> run;
};

/// "opwire: <message>" on stderr, in one line; returns the code.
int fail(ExitCode code, const std::string& message);

std::vector<Command> add_devnet(CLI::App& root);
std::vector<Command> add_key(CLI::App& root);
std::vector<Command> add_payload(CLI::App& root);

}  // namespace opwire::cli
