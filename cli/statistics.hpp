// Times as the commands print them.
#pragma once

#include <string>
#include <vector>

#include "opwire/base/time.hpp"

namespace opwire::cli {

/// The time that the given share of all is not above (0 the least, 0.5 the median, 1 the greatest). times is not empty.
Duration quantile(std::vector<Duration> times, double share);
double to_seconds(Duration duration);
double to_milliseconds(Duration duration);
/// "1.4 ms".
std::string in_milliseconds(Duration duration);

}  // namespace opwire::cli
