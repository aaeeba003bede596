// opwire_sim discovery: networks of discv5 cores.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace opwire::sim {

class DiscoveryCommand {
 public:
  void add_to(CLI::App& app);
  /// Prints what came of it.
  int run() const;

 private:
  std::string what_ = "lookups";
  std::uint64_t seed_ = 1;
  std::optional<std::uint32_t> nodes_;
};

}  // namespace opwire::sim
