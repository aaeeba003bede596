// How long messages of others are with us: from the RPC that brought one to its copy for a peer being handed to the
// writer. Each copy counts.
#pragma once

#include <array>
#include <cstdint>

#include "opwire/base/time.hpp"

namespace opwire::gossipsub {

class HopTimes {
 public:
  /// Upper bounds, in seconds.
  static constexpr std::array<double, 11> kBounds{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1};

  void note(Duration time) noexcept {
    const double seconds = std::chrono::duration<double>(time).count();
    std::size_t at = 0;
    while (at < kBounds.size() && seconds > kBounds[at]) ++at;
    ++counts_[at];
    sum_ += seconds;
  }

  /// One for each bound, and one for what is above all; not added up.
  const std::array<std::uint64_t, kBounds.size() + 1>& counts() const noexcept { return counts_; }
  double sum() const noexcept { return sum_; }

 private:
  std::array<std::uint64_t, kBounds.size() + 1> counts_{};
  double sum_ = 0;
};

}  // namespace opwire::gossipsub
