// How requests for payloads ended and how long they took, as op-node's metrics count them.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "opwire/base/time.hpp"
#include "opwire/opstack/chain/rollup_config.hpp"

namespace opwire::opstack {

struct RequestCounts {
  RequestCounts() = default;
  /// Upper bounds, in seconds: Prometheus' default ones, which op-node uses.
  static constexpr std::array<double, 11> kBounds{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
  /// result_code: an AnswerCode, 4 for an answer of that code, 5 for those above.
  static constexpr std::size_t kCodes = 6;

  struct OfCode {
    std::uint64_t total = 0;
    std::array<std::uint64_t, kBounds.size() + 1> by_time{};  ///< not added up; the last: above all bounds
    double seconds = 0;                                       ///< all together
  };
  std::array<OfCode, kCodes> codes{};
  std::optional<BlockNumber> last;  ///< asked for

  void note(std::size_t code, Duration took) noexcept {
    OfCode& of = codes[std::min(code, kCodes - 1)];
    const double seconds = std::chrono::duration<double>(took).count();
    std::size_t at = 0;
    while (at < kBounds.size() && seconds > kBounds[at]) ++at;
    ++of.total;
    ++of.by_time[at];
    of.seconds += seconds;
  }
};

}  // namespace opwire::opstack
