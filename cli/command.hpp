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

std::vector<Command> add_archive(CLI::App& root);
std::vector<Command> add_bootnode(CLI::App& root);
std::vector<Command> add_completion(CLI::App& root);
std::vector<Command> add_devnet(CLI::App& root);
std::vector<Command> add_discover(CLI::App& root);
std::vector<Command> add_enr(CLI::App& root);
std::vector<Command> add_fetch(CLI::App& root);
std::vector<Command> add_identify(CLI::App& root);
std::vector<Command> add_key(CLI::App& root);
std::vector<Command> add_payload(CLI::App& root);
std::vector<Command> add_peers(CLI::App& root);
std::vector<Command> add_perf(CLI::App& root);
std::vector<Command> add_ping(CLI::App& root);
std::vector<Command> add_run(CLI::App& root);
std::vector<Command> add_top(CLI::App& root);

/// All of them on one root. app is what they were added to.
struct Program {
  Program();
  CLI::App app;
  std::vector<Command> commands;
};
/// Parses and runs; never throws. The exit code.
int run_program(int argc, const char* const* argv);

}  // namespace opwire::cli
