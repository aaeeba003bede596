#include "interop/common/events.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

#include <boost/json/serialize.hpp>

namespace opwire::interop {

void emit(std::string_view name, const Fields& fields) {
  Fields line{{"event", name}};
  for (const auto& field : fields) line.emplace(field.key(), field.value());
  const std::string text = boost::json::serialize(line) + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

std::int64_t wall_us(const Clock& clock) {
  return std::chrono::duration_cast<std::chrono::microseconds>(clock.wall_now().time_since_epoch()).count();
}

double stop(const Meter& meter, Fields& into) {
  const double seconds = meter.wall_seconds();
  into["seconds"] = seconds;
  into["cpu_seconds"] = meter.cpu_seconds();
  return seconds;
}

void add_latencies(std::vector<Duration> samples, Fields& into) {
  if (samples.empty()) return;
  std::sort(samples.begin(), samples.end());
  const auto at = [&](double fraction) {
    const auto index = static_cast<std::size_t>(fraction * static_cast<double>(samples.size() - 1));
    return static_cast<double>(samples[index].count()) / 1e3;
  };
  into["min_us"] = at(0);
  into["p50_us"] = at(0.5);
  into["p99_us"] = at(0.99);
  into["max_us"] = at(1);
}

}  // namespace opwire::interop
