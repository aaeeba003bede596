// opwire: the OP Stack's peer-to-peer layer as a program.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "opwire/opstack/chain/near_names.hpp"

namespace opwire::cli {
namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 done; 1 it was tried and failed; 2 a flag, file or variable is wrong.";
constexpr const char* kRootFooter = R"(
Errors are one line on stderr. `opwire COMMAND --help` tells more.

  opwire devnet --blocks 5                                 a local network at work
  opwire run --network op-mainnet                          follow a real chain
  opwire top                                               watch a node that runs here
  opwire discover --network base-mainnet                   see who is there
  opwire completion bash > /etc/bash_completion.d/opwire   completion with TAB)";

// In the order of the help text; a heading stands where the first of its commands does.
constexpr struct {
  const char* heading;
  std::vector<Command> (*add)(CLI::App&);
} kFamilies[] = {{"Networks", add_run},      {"Networks", add_top},      {"Networks", add_devnet},
                 {"Networks", add_bootnode}, {"Networks", add_discover}, {"Networks", add_fetch},
                 {"Peers", add_ping},        {"Peers", add_identify},    {"Peers", add_perf},
                 {"Peers", add_peers},       {"Files", add_key},         {"Files", add_enr},
                 {"Files", add_payload},     {"Files", add_archive},     {"Shell", add_completion}};

// The command that the user reached, down the tree.
const CLI::App& chosen(const CLI::App& app) {
  const std::vector<CLI::App*> parsed = app.get_subcommands();
  return parsed.empty() ? app : chosen(*parsed.front());
}

std::string full_name(const CLI::App& app) {
  return app.get_parent() == nullptr ? "opwire" : full_name(*app.get_parent()) + " " + app.get_name();
}

std::string suggestion(const CLI::App& app, const std::string& unknown) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) names.push_back(option->get_name());
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  const std::vector<std::string> near = opstack::near_names(unknown, names);
  return near.empty() ? "" : "; did you mean " + near.front() + "?";
}

int explain(const CLI::App& root, const CLI::ParseError& error) {
  const CLI::App& app = chosen(root);
  std::string message = error.what();
  const std::vector<std::string> left = root.remaining(true);
  const bool unknown = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
                       dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;  // of a command
  if (unknown && !left.empty()) {
    const std::string name = left.front().substr(0, left.front().find('='));
    message = "'" + name + "' is not known to " + full_name(app) + suggestion(app, name);
  }
  std::ranges::replace(message, '\n', ' ');
  return fail(kUsage, message + "; see " + full_name(app) + " --help");
}

int parse_and_run(int argc, const char* const* argv) {
  auto arguments = to_arguments(argc, argv);
  if (!arguments) return fail(kUsage, arguments.error());
  Program program;
  std::ranges::reverse(*arguments);  // as CLI11 wants them
  try {
    program.app.parse(std::move(*arguments));
  } catch (const CLI::Success& help_or_version) {
    return program.app.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    return explain(program.app, error);
  }
  for (const Command& command : program.commands) {
    if (command.app->parsed()) return command.run();
  }
  return fail(kUsage, "no command given; see opwire --help");
}

}  // namespace

Program::Program() : app("The OP Stack's peer-to-peer layer: follows, checks and publishes unsafe blocks.", "opwire") {
  app.set_version_flag("--version", "opwire " OPWIRE_VERSION);
  app.require_subcommand(1);
  app.footer(kExitCodes);  // the commands take it over
  app.get_formatter()->column_width(44);
  for (const auto& [heading, add] : kFamilies) {
    for (Command& command : add(app)) commands.push_back(std::move(command));
    app.get_subcommands([](const CLI::App*) { return true; }).back()->group(heading);
  }
  app.footer(std::string(kExitCodes) + kRootFooter);
}

int fail(ExitCode code, const std::string& message) {
  std::fflush(stdout);
  std::fprintf(stderr, "opwire: %s\n", message.c_str());
  return code;
}

int run_program(int argc, const char* const* argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is an error of that write
  try {
    return parse_and_run(argc, argv);
  } catch (const std::exception& exception) {
    return fail(kFailed, exception.what());
  }
}

}  // namespace opwire::cli
