// Spans of this process: wall time, and CPU time (user and system) of all its threads.
#pragma once

#include "opwire/base/time.hpp"

namespace opwire::interop {

class Meter {
 public:
  Meter();
  double wall_seconds() const;
  double cpu_seconds() const;

 private:
  TimePoint wall_;
  double cpu_;
};

}  // namespace opwire::interop
