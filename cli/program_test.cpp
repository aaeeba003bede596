#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/completion.hpp"
#include "cli/flag_listing.hpp"
#include "cli/flag_table.hpp"

namespace opwire::cli {
namespace {

int run(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "opwire");
  return run_program(static_cast<int>(arguments.size()), arguments.data());
}

std::string errors_of(std::vector<const char*> arguments, int expected_code) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(run(std::move(arguments)), expected_code);
  return testing::internal::GetCapturedStderr();
}

TEST(CommandLine, AnEmptyValueIsAValue) {
  const char* const argv[] = {"opwire", "run", "--p2p.static=", "--p2p.ping", "--other=", "--p2p.useragent=a="};
  const auto arguments = to_arguments(6, argv);
  ASSERT_TRUE(arguments);
  EXPECT_EQ(*arguments,
            (std::vector<std::string>{"run", "--p2p.static", "", "--p2p.ping", "--other=", "--p2p.useragent=a="}));
}

TEST(CommandLine, AnEmptyTruthValueIsRefused) {
  const char* const argv[] = {"opwire", "run", "--p2p.disable="};
  const auto arguments = to_arguments(3, argv);
  ASSERT_FALSE(arguments);
  EXPECT_EQ(arguments.error(), "--p2p.disable=: '' is neither true nor false");
}

TEST(Program, ErrorsAreOneLineThatSaysWhatToDo) {
  EXPECT_EQ(
      errors_of({"run", "--p2p.lisen.tcp", "1"}, kUsage),
      "opwire: '--p2p.lisen.tcp' is not known to opwire run; did you mean --p2p.listen.tcp?; see opwire run --help\n");
  EXPECT_EQ(errors_of({"rnu"}, kUsage), "opwire: 'rnu' is not known to opwire; did you mean run?; see opwire --help\n");
  for (const std::vector<const char*>& wrong :
       {std::vector<const char*>{}, {"key"}, {"key", "new"}, {"ping"}, {"ping", "x", "--count", "many"}, {"perf"}}) {
    const std::string text = errors_of(wrong, kUsage);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
    EXPECT_EQ(text.find("opwire: "), 0u) << text;
  }
}

TEST(Program, EveryShownFlagIsInHelpAndCompletion) {
  const Program program;
  const std::string help = program.app.get_subcommand("run")->help();
  const std::string script = completion_script(program.app, Shell::kBash);
  for (const FlagSpec* flag : all_flags()) {
    const std::string name = "--" + std::string(flag->name);
    const bool shown = !flag_group(*flag).empty();
    EXPECT_EQ(help.find("  " + name + " ") != std::string::npos, shown) << name;
    EXPECT_EQ(script.find(name + " ") != std::string::npos || script.find(name + "'") != std::string::npos, shown)
        << name;
  }
}

TEST(Program, ListsAllFlagsForPrograms) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(run({"run", "--list-flags"}), kOk);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), flag_listing() + "\n");
  const boost::json::array all = boost::json::parse(flag_listing()).as_array();
  EXPECT_EQ(all.size(), all_flags().size());
  for (const boost::json::value& flag : all) {
    if (flag.at("name").as_string() != "l1.beacon-fallbacks") continue;
    EXPECT_EQ(boost::json::serialize(flag),
              R"({"name":"l1.beacon-fallbacks","env":["OP_NODE_L1_BEACON_FALLBACKS","OP_NODE_L1_BEACON_ARCHIVER"],)"
              R"("type":"LIST","default":"","effect":"later","origin":"shown"})");
  }
}

TEST(Completion, EveryCommandAppearsInEveryShell) {
  const Program program;
  for (const Shell shell : {Shell::kBash, Shell::kZsh, Shell::kFish}) {
    const std::string script = completion_script(program.app, shell);
    for (const char* word : {"run", "devnet", "publish", "identify", "op-mainnet", "isthmus", "in-flight"}) {
      EXPECT_NE(script.find(word), std::string::npos) << word;
    }
  }
}

}  // namespace
}  // namespace opwire::cli
