// Closes the least valuable connections while the process has more memory than it may (--p2p.limits.memory).
#pragma once

#include <functional>
#include <optional>

#include "opwire/p2p/core/network.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::node {

class MemoryGuard {
 public:
  static constexpr auto kLookEvery = std::chrono::seconds(10);
  /// After a trim: memory is given back late.
  static constexpr auto kPause = std::chrono::minutes(1);

  using Measure = std::function<std::optional<std::size_t>()>;

  /// limit: bytes of the process; 0: none. measure: what it has; none: it cannot be told. network outlives it.
  MemoryGuard(Network& network, std::size_t limit, Measure measure);

  void set_limit(std::size_t limit) noexcept { limit_ = limit; }
  Task<void> close();

 private:
  Task<void> run();

  Network& network_;
  std::size_t limit_;
  Measure measure_;
  Scope tasks_;
};

}  // namespace opwire::node
