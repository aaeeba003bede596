#include "opwire/base/time.hpp"

namespace opwire {

TimePoint SystemClock::now() const {
  return std::chrono::steady_clock::now();
}
WallTime SystemClock::wall_now() const {
  return std::chrono::system_clock::now();
}

}  // namespace opwire
