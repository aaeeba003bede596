#include "cli/statistics.hpp"

#include <algorithm>
#include <cstdio>

#include "opwire/base/check.hpp"

namespace opwire::cli {

Duration quantile(std::vector<Duration> times, double share) {
  OPW_CHECK(!times.empty());
  const auto index = static_cast<std::ptrdiff_t>(share * static_cast<double>(times.size() - 1) + 0.5);
  std::nth_element(times.begin(), times.begin() + index, times.end());
  return times[static_cast<std::size_t>(index)];
}

double to_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}
double to_milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

std::string in_milliseconds(Duration duration) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f ms", to_milliseconds(duration));
  return text;
}

}  // namespace opwire::cli
