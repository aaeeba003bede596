// opwire: the OP Stack's peer-to-peer layer as a program.
#include <cstdio>
#include <exception>

#include "cli/command.hpp"

namespace opwire::cli {
namespace {

constexpr const char* kFooter = R"(Exit codes: 0 done; 1 it was tried and failed; 2 a flag, file or variable is wrong.
`opwire COMMAND --help` tells more.)";

int run_program(int argc, char** argv) {
  CLI::App app("The OP Stack's peer-to-peer layer: follows, checks and publishes unsafe blocks.", "opwire");
  app.set_version_flag("--version", "opwire " OPWIRE_VERSION);
  app.require_subcommand(1);
  app.footer(kFooter);
  std::vector<Command> commands;
  for (const auto add : {add_devnet, add_key, add_payload}) {
    for (Command& command : add(app)) commands.push_back(std::move(command));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    return app.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    return fail(kUsage, error.what() + std::string("; see opwire --help"));
  }
  for (const Command& command : commands) {
    if (command.app->parsed()) return command.run();
  }
  return fail(kUsage, "no command given; see opwire --help");
}

}  // namespace

int fail(ExitCode code, const std::string& message) {
  std::fprintf(stderr, "opwire: %s\n", message.c_str());
  return code;
}

}  // namespace opwire::cli

int main(int argc, char** argv) {
  try {
    return opwire::cli::run_program(argc, argv);
  } catch (const std::exception& exception) {
    return opwire::cli::fail(opwire::cli::kFailed, exception.what());
  }
}
