// How `opwire fetch` shows how far it is.
#pragma once

#include <optional>
#include <string>

#include "opwire/opstack/sync/client.hpp"

namespace opwire::cli {

/// "[#####.....] 50 of 100 blocks, 12 a second, 4 s left, 3 peers".
std::string fetch_line(const opstack::RangeProgress& progress, TimePoint now);

/// One line on stderr that is drawn over itself.
class FetchProgress {
 public:
  static void draw(const std::optional<opstack::RangeProgress>& progress, TimePoint now);
  static void erase();
};

}  // namespace opwire::cli
