// op-geth as a child process, on loopback and without a network of its own: the execution engine of one devnet node.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "opwire/base/result.hpp"
#include "opwire/node/config.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::cli {

class EngineProcess {
 public:
  static constexpr auto kStartLimit = std::chrono::seconds(20);
  static constexpr auto kStopLimit = std::chrono::seconds(10);

  /// Makes the folder with everything in it, and starts the program; blocks for as long as its `init` takes (half a
  /// second). Errors: a line for the user, with the end of what it said.
  static Result<std::unique_ptr<EngineProcess>, std::string> start(const std::string& program,
                                                                   const std::filesystem::path& folder,
                                                                   const std::string& genesis);
  /// Kills it where it still runs.
  ~EngineProcess();
  EngineProcess(const EngineProcess&) = delete;
  EngineProcess& operator=(const EngineProcess&) = delete;

  /// What a node needs to call it.
  const node::EngineConfig& config() const noexcept { return config_; }
  /// How it ended and the end of what it said; none: it runs.
  std::optional<std::string> death();
  /// Until it answers. Errors: it ended, or says nothing for kStartLimit; the task was cancelled.
  Task<Result<void, std::string>> wait_until_up(Loop& loop);
  /// By SIGTERM, and by SIGKILL after kStopLimit.
  Task<void> stop(Loop& loop);

 private:
  EngineProcess(pid_t child, std::filesystem::path log, node::EngineConfig config)
      : child_(child), log_(std::move(log)), config_(std::move(config)) {}
  bool has_ended();

  pid_t child_;     // -1: it has ended
  int status_ = 0;  // and this is waitpid()'s of it
  std::filesystem::path log_;
  node::EngineConfig config_;
};

}  // namespace opwire::cli
