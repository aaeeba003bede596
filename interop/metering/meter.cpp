#include "interop/metering/meter.hpp"

#include <sys/resource.h>

namespace opwire::interop {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}
double cpu_so_far() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

Meter::Meter() : wall_(SystemClock().now()), cpu_(cpu_so_far()) {}

double Meter::wall_seconds() const {
  return std::chrono::duration<double>(SystemClock().now() - wall_).count();
}
double Meter::cpu_seconds() const {
  return cpu_so_far() - cpu_;
}

}  // namespace opwire::interop
