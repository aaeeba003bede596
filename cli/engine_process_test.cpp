#include "cli/engine_process.hpp"

#include <gtest/gtest.h>

#include "cli/files.hpp"

namespace opwire::cli {
namespace {

TEST(EngineProcess, ALogThatCannotBeOpenedIsNamed) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "log.txt");
  const auto started = EngineProcess::start("/bin/true", folder.path(), "{}");
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error(), "--engine: " + (folder.path() / "log.txt").string() + ": Is a directory");
}

TEST(EngineProcess, AGenesisThatCannotBeWrittenIsNamed) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "genesis.json");
  const auto started = EngineProcess::start("/bin/true", folder.path(), "{}");
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error(), "--engine: cannot write " + (folder.path() / "genesis.json").string());
}

}  // namespace
}  // namespace opwire::cli
